import gc
import os

from django.core.wsgi import get_wsgi_application

from quizsite.bodies import WholeBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quizsite.settings")

application = WholeBodies(get_wsgi_application())

# Loaded modules are never freed. Not scanning them for garbage saves about 7% of a visit.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
