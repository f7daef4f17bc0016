class PageError(Exception):
    """A request that gets a page of its own: what happened (`heading`), what to do (`advice`)."""

    def __init__(
        self, status: int, heading: str, advice: str, link: tuple[str, str] | None = None
    ) -> None:
        """`link` is an address and its words, the way on from here."""
        super().__init__(heading)
        self.status, self.heading, self.advice, self.link = status, heading, advice, link
