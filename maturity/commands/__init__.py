"""The console script's commands besides updating: `maturity NAME …`, one module each.

Each module has `main(arguments) -> exit code`; it is imported when its command is typed.
"""

COMMANDS = {
    "init": "set up a repository: settings, dodo.py, hook and workflow; a diff unless told to write",
    "adopt": "turn existing hand-written documents into ones with generated regions",
    "list": "show the components as last collected, in any form (JSON, SARIF, JUnit, ...)",
    "explain": "explain every verdict, and what would be enough for the next stage",
    "gate": "fail where a change makes a component worse than it was, and say why",
    "trend": "show how stages and figures went over time, from the documents in git's history",
    "inspect": "show the regions of documents, their state and their problems",
    "badge": "make a badge of a component's stage or of one of its figures",
    "doctor": "check the installation: configuration, git, each tool and what it must find, the cache",
    "completion": "print what a shell reads to complete commands and names",
    "merge-driver": "merge two versions of a document (called by git)",
}
