// A run sets the process's current folder, and the compiler of one session already keeps a small machine busy.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
