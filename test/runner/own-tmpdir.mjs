// tsx keeps what it has transpiled in the temporary directory that it finds when it is loaded: one for all files of a run.
// From here on a file has a directory of its own.
if (process.env.AARUN_TEST_TMPDIR) process.env.TMPDIR = process.env.AARUN_TEST_TMPDIR
