"""The console script's commands besides updating: `maturity NAME …`, one module each.

Each module has `main(arguments) -> exit code`; it is imported when its command is typed.
"""

COMMANDS = {
    "adopt": "turn existing hand-written documents into ones with generated regions",
    "doctor": "check the installation: configuration, git, each tool and what it must find, the cache",
    "inspect": "show the regions of documents, their state and their problems",
    "merge-driver": "merge two versions of a document (called by git)",
}
