"""Build the manifests and check them against the schemas of Kubernetes; no cluster is needed."""

import shutil
import tempfile
from pathlib import Path

from deploy.trials import ROOT, TrialError, program, run

HERE = Path(__file__).parent
OTHERS = {"kustomization.yaml"}


def attempt() -> str:
    """Return what was tried, in a few words."""
    with tempfile.TemporaryDirectory(prefix="quiz-kubernetes-") as name:
        folder = Path(name)
        manifests = folder / "manifests"
        shutil.copytree(HERE, manifests)
        # What the one who installs it adds.
        (manifests / "secrets.env").write_text("SECRET_KEY=example\n")
        everything = folder / "everything.yaml"
        everything.write_text(run(program("kubectl", "kubernetes-client"), "kustomize", manifests))
        checked = validated(everything, folder)
        unused = {path.name for path in HERE.glob("*.yaml")} - OTHERS - resources(manifests)
        if unused:
            raise TrialError(f"kustomization.yaml doesn't name {', '.join(sorted(unused))}.")
        return (
            f"{checked} resources are valid for Kubernetes; the operator's own two were not checked"
        )


def validated(everything: Path, folder: Path) -> int:
    """Check every resource, and refuse unknown keys; return how many had a schema."""
    environment = folder / "venv"
    run(ROOT / ".venv/bin/python", "-m", "venv", environment)
    pip = (environment / "bin/python", "-m", "pip", "install", "--quiet", "--no-compile")
    run(*pip, "--require-hashes", "-r", HERE / "requirements.txt")
    lines = run(environment / "bin/kubernetes-validate", "--strict", everything).splitlines()
    unknown = [line for line in lines if "Couldn't find schema" in line]
    if strange := [line for line in unknown if "postgresql.cnpg.io" not in line]:
        raise TrialError("\n".join(strange))
    return sum("passed for resource" in line for line in lines)


def resources(manifests: Path) -> set[str]:
    """Return the files that kustomization.yaml names, without reading YAML."""
    lines = (manifests / "kustomization.yaml").read_text().splitlines()
    return {line.strip("- ") for line in lines if line.startswith("  - ") and ".yaml" in line}
