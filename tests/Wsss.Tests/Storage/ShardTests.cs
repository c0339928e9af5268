using Wsss.Storage;

namespace Wsss.Tests.Storage;

public sealed class ShardTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void The_parts_of_any_number_hold_each_name_once_and_about_as_many(int count)
    {
        var shards = Enumerable.Range(1, count).Select(number => Shard.Parse($"{number}/{count}")).ToArray();
        string[] names = [.. Enumerable.Range(0, 7_000).Select(i => $"2007_{i:000000}")];
        Assert.All(names, name => Assert.Single(shards, shard => shard.Holds(name)));
        // Binomial: five standard deviations are 5·√(7000·p·(1 − p)) < 210.
        Assert.All(shards, shard => Assert.InRange(names.Count(shard.Holds), 7_000 / count - 210, 7_000 / count + 210));
    }

    [Fact]
    public void A_name_belongs_to_the_part_that_its_hash_names_on_every_machine()
    {
        // SHA-256 of "a" begins with ca978112ca1bbdca, which is 2 mod 4.
        Assert.True(Shard.Parse("3/4").Holds("a"));
        Assert.False(Shard.Parse("2/4").Holds("a"));
    }

    [Theory]
    [InlineData("0/4")]
    [InlineData("5/4")]
    [InlineData("1")]
    [InlineData("1/4/2")]
    [InlineData("-1/4")]
    [InlineData("a/b")]
    [InlineData("")]
    public void What_is_no_part_is_named(string text) =>
        Assert.EndsWith($"found '{text}'.", Assert.Throws<WsssException>(() => Shard.Parse(text)).Message);

    [Theory]
    [InlineData("SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=3 SLURM_ARRAY_TASK_COUNT=4", "1/4")]
    [InlineData("SLURM_ARRAY_TASK_ID=4 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=4 SLURM_ARRAY_TASK_COUNT=4", "4/4")]
    [InlineData(
        "SLURM_ARRAY_TASK_ID=14 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_MAX=14 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_STEP=2", "3/3")]
    [InlineData("JOB_COMPLETION_INDEX=0 JOB_COMPLETIONS=8", "1/8")]
    [InlineData("JOB_COMPLETION_INDEX=7 JOB_COMPLETIONS=8", "8/8")]
    public void A_scheduler_s_task_is_a_part(string variables, string expected) =>
        Assert.Equal(expected, $"{Shard.FromScheduler(Variables(variables))}");

    [Theory]
    [InlineData("", "found neither")]
    [InlineData("JOB_COMPLETION_INDEX=0", "in JOB_COMPLETIONS, found ''")]
    [InlineData(
        "SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=9 SLURM_ARRAY_TASK_COUNT=3", "found 3 tasks from 1 to 9")]
    public void A_scheduler_that_names_no_part_is_an_error(string variables, string message) =>
        Assert.Contains(message, Assert.Throws<WsssException>(() => Shard.FromScheduler(Variables(variables))).Message);

    [Fact]
    public void The_folder_of_a_part_lies_beside_the_run_s()
    {
        Assert.Equal("out/masks.part-2-of-4", Shard.Parse("2/4").FolderOf("out/masks/"));
        Assert.True(Shard.IsInPartOf("/out/masks", "/out/masks.part-2-of-4/overlays/a.jpg"));
        Assert.False(Shard.IsInPartOf("/out/masks", "/out/masks-of-mine/a.jpg"));
    }

    private static Func<string, string?> Variables(string text)
    {
        var set = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(item => item.Split('='))
            .ToDictionary(item => item[0], item => item[1]);
        return name => set.GetValueOrDefault(name);
    }
}
