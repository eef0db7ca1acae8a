"""The paths that tools print, as the repository names them."""

from __future__ import annotations


def relative(path: str, root: str) -> str:
    """`path` relative to `root`, without empty and `.` parts; an absolute path outside of root stays absolute.

    Nothing is decoded: `%20` or a line break in a name is that name. `root` is the resolved path, because tools print
    the working directory as the system names it. With an unresolved one no path is known again, so that the files are
    not accounted for; it never gives a wrong figure.
    """
    prefix = root.rstrip("/") + "/"
    inside = path[len(prefix) :] if path.startswith(prefix) else path
    parts = "/".join(part for part in inside.split("/") if part not in ("", "."))
    return f"/{parts}" if inside.startswith("/") else parts
