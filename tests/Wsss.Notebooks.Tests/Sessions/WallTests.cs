using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

/// <summary>A technique that reaches for a drawn mask does not compile; the same one without does.</summary>
public sealed class WallTests : IDisposable
{
    private readonly NotebookSession _session = new(new SessionOptions());

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("step.Ramp(1)", null)]
    [InlineData("batch.Planes.Count", null)]
    [InlineData("batch.Masks!.shape[0]", "Masks")]
    [InlineData("train.Load(0).Mask!.Width", "Mask")]
    [InlineData("train.Mask(0).Width", "Mask")]
    [InlineData("train.MaskOf(train.Id(0))!.Width", "MaskOf")]
    public async Task A_technique_compiles_if_it_reads_no_mask(string reads, string? missing)
    {
        CellResult result = await _session.ExecuteAsync(
            $$"""
            using Wsss;
            using Wsss.Data;
            using Wsss.Training;

            public sealed record Peeking : Technique, IBatchTransform, ITrainingView
            {
                public Batch Transform(Batch batch, StepContext step) => Read(batch, step, null!) > 0 ? batch : batch;
                public ISampleSource View(ISampleSource train, RunContext run) => train;
                private static double Read(Batch batch, StepContext step, ISampleSource train) => {{reads}};
            }
            """, _ => { }, TestContext.Current.CancellationToken);
        if (missing is null)
        {
            Assert.Null(result.Error);
            return;
        }
        Assert.Equal(("CompilationError", 9), (result.Error!.Name, result.Error.Line));
        Assert.Contains($"'{missing}'", result.Error.Traceback[0], StringComparison.Ordinal);
    }
}
