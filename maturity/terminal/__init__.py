"""What people see while a run goes on and when it ends: progress and messages on stderr, results on stdout."""
