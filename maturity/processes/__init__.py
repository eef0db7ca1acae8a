"""How processes are started, ended and watched."""
