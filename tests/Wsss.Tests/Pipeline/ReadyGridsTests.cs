using Wsss.Data;
using Wsss.Expansion;
using Wsss.Pipeline;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Tests.Pipeline;

public sealed class ReadyGridsTests
{
    private static readonly Experiment Experiment = Experiment.For(new DataSpec { Scale = MenagerieScale.Smoke });
    private static readonly Technique[] Techniques = [new RandomErasing(), new MultiDilation(), new Equivariance()];

    [Fact]
    public void Alone_has_plain_training_first_and_each_technique_by_itself()
    {
        Assert.Equal(["plain", "RandomErasing", "MultiDilation", "Equivariance"], ReadyGrids.Alone(Experiment, Techniques).Select(contender => contender.Name));
    }

    [Fact]
    public void Subsets_has_each_combination_once_with_the_same_budget()
    {
        IReadOnlyList<Contender> contenders = ReadyGrids.Subsets(Experiment, Techniques);
        Assert.Equal(
            [
                "plain", "RandomErasing", "MultiDilation", "Equivariance", "RandomErasing + MultiDilation", "RandomErasing + Equivariance",
                "MultiDilation + Equivariance", "RandomErasing + MultiDilation + Equivariance",
            ],
            contenders.Select(contender => contender.Name));
        Assert.All(contenders, contender => Assert.Equal(WsssJson.Write(Experiment.Classifier), WsssJson.Write(contender.Recipe with { Techniques = [] })));
    }

    [Fact]
    public void The_sharpening_options_are_valid_for_both_kinds_of_data()
    {
        foreach (var data in new[] { new DataSpec(), new DataSpec { Folder = "photographs" } })
            Assert.Equal(8, ReadyGrids.Subsets(Experiment, SharpeningOptions.For(data)).Select(contender => { contender.Recipe.Validate(); return contender.Name; }).Distinct().Count());
    }
}
