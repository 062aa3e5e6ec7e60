"""Why a version is not put in place, or does not stay there; in words for whoever deploys it.

DeployFailed
├── Refused      before anything was changed
└── Unhealthy    it runs, and not well
"""


class DeployFailed(Exception):
    pass


class Refused(DeployFailed):
    pass


class Unhealthy(DeployFailed):
    pass
