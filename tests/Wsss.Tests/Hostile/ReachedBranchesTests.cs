using SharpFuzz.Common;

namespace Wsss.Tests.Hostile;

public sealed class ReachedBranchesTests
{
    [Fact]
    public void A_branch_counts_once_and_each_power_of_two_of_its_visits_is_new_once()
    {
        var branches = new ReachedBranches();
        Assert.Equal([false, true, false, true, false, true, true], (bool[])[
            Grew(branches),
            Grew(branches, (65535, 1)),
            Grew(branches, (65535, 1)),
            Grew(branches, (65535, 2)),
            Grew(branches, (65535, 3)),
            Grew(branches, (65535, 255), (0, 1)),
            Grew(branches, (65535, 1), (0, 4)),
        ]);
        Assert.Equal(2, branches.Count);
    }

    private static unsafe bool Grew(ReachedBranches branches, params (int Place, byte Visits)[] reached)
    {
        ReachedBranches.Begin();
        foreach ((int place, byte visits) in reached) Trace.SharedMem[place] = visits;
        return branches.Grew();
    }
}
