"""Why a backup or a restore ended, in words for whoever ran it."""


class BackupFailed(Exception):
    pass
