using TorchSharp;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Course;

/// <summary>What a notebook's cells leave on the session's thread, where no attribute of a test looks.</summary>
[Collection<CourseStore.Users>]
public sealed class StudyTensorTests(CourseStore store)
{
    [Theory]
    [InlineData("new Wsss.Localization.MapInference()")]
    [InlineData("new Wsss.Localization.MapInference { Extractor = new Wsss.Localization.GradCam() }")]
    public async Task A_study_that_is_disposed_leaves_no_tensor(string maps)
    {
        using var session = new NotebookSession(new SessionOptions());
        await Run(session, $$"""
            using Wsss.Data;
            using Wsss.Pipeline;
            using (var study = Study.Open("menagerie", "smoke", 1, "cpu", store: @"{{store.Path}}"))
            {
                var other = study.With(experiment => experiment with { Maps = {{maps}} });
                var masks = other.Masks(study.First(3));
                foreach (var sample in study.First(3).LoadAll()) Console.Write($"{masks(sample)!.Values.Length} ");
                other.Dispose();
            }
            """);
        Assert.Equal(0, await LiveTensors(session));
        // The count is that of the session's thread.
        await Run(session, "var kept = TorchSharp.torch.zeros(1);");
        Assert.Equal(1, await LiveTensors(session));
    }

    private static async Task<long> LiveTensors(NotebookSession session)
    {
        long live = -1;
        await session.InvokeAsync(() => live = DisposeScopeManager.Statistics.ThreadTotalLiveCount, _ => { }, CancellationToken.None);
        return live;
    }

    private static async Task Run(NotebookSession session, string code)
    {
        var result = await session.ExecuteAsync(code, _ => { }, TestContext.Current.CancellationToken);
        Assert.True(result.Error is null, $"{result.Error}");
    }
}
