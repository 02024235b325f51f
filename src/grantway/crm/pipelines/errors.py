"""What stands against a change of pipelines."""

from __future__ import annotations

from grantway.kernel.errors import NotFound, Unprocessable


class PipelineNotFound(NotFound):
    def __init__(self, why: str = "") -> None:
        super().__init__("Pipeline not found", why=why)


class StageNotFound(NotFound):
    def __init__(self, why: str = "") -> None:
        super().__init__("Status not found", why=why)


class PipelineHoldsLeads(Unprocessable):
    def __init__(self, why: str = "") -> None:
        super().__init__("Only pipelines without leads can be deleted", why=why)


class LastPipeline(Unprocessable):
    def __init__(self, why: str = "") -> None:
        super().__init__("The last pipeline cannot be deleted", why=why)


class LastStage(Unprocessable):
    def __init__(self, why: str = "") -> None:
        super().__init__("The last stage of a pipeline cannot be deleted", why=why)


class TooManyPipelines(Unprocessable):
    def __init__(self, why: str = "") -> None:
        super().__init__("An account can have at most 50 pipelines", why=why)


class TooManyStages(Unprocessable):
    def __init__(self, why: str = "") -> None:
        super().__init__("A pipeline can have at most 100 stages", why=why)
