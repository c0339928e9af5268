using Wsss.Comparisons;
using Wsss.Data;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Tests.Comparisons;

public sealed class ReadyGridsTests
{
    private static readonly Experiment Experiment = Experiment.For(new DataSpec { Scale = MenagerieScale.Smoke });
    private static readonly Technique[] Techniques = [new RandomErasing(), new MultiDilation(), new Equivariance()];

    [Fact]
    public void Ablation_has_plain_training_first_and_each_technique_by_itself() =>
        Assert.Equal(["plain", "RandomErasing", "MultiDilation", "Equivariance"], Names("ablation"));

    [Fact]
    public void Pairs_has_each_pair_once_after_the_singles() => Assert.Equal(
        [
            "plain", "RandomErasing", "MultiDilation", "Equivariance",
            "RandomErasing + MultiDilation", "RandomErasing + Equivariance", "MultiDilation + Equivariance",
        ], Names("pairs"));

    [Fact]
    public void Subsets_has_each_combination_once_with_the_same_budget()
    {
        IReadOnlyList<Contender> contenders = ReadyGrids.Create("subsets", Experiment.Data, Techniques).Contenders(Experiment);
        Assert.Equal(
            [
                "plain", "RandomErasing", "MultiDilation", "Equivariance", "RandomErasing + MultiDilation", "RandomErasing + Equivariance",
                "MultiDilation + Equivariance", "RandomErasing + MultiDilation + Equivariance",
            ],
            contenders.Select(contender => contender.Name));
        Assert.All(contenders, contender => Assert.Equal(
            WsssJson.Write(Experiment.Classifier), WsssJson.Write(contender.Experiment.Classifier with { Techniques = [] })));
    }

    [Fact]
    public void Best_goes_on_to_the_segmentation_network_with_and_without_a_crf()
    {
        IReadOnlyList<Contender> contenders = ReadyGrids.Create("best", Experiment.Data, Techniques[..2]).Contenders(Experiment);
        Assert.Equal(["plain", "plain + Crf", "RandomErasing + MultiDilation", "RandomErasing + MultiDilation + Crf"], contenders.Select(contender => contender.Name));
        Assert.All(contenders, contender => Assert.True(contender.Segment && contender.Experiment.Ceiling));
        Assert.Equal([null, typeof(CrfRefinement), null, typeof(CrfRefinement)], contenders.Select(contender => contender.Experiment.Refinement?.GetType()));
    }

    [Fact]
    public void Without_techniques_a_grid_has_its_own_with_valid_options_for_both_kinds_of_data()
    {
        foreach (var data in new[] { new DataSpec(), new DataSpec { Folder = "photographs" } })
        {
            foreach (string name in ReadyGrids.Names)
            {
                var contenders = ReadyGrids.Create(name, data, []).Contenders(Experiment);
                Assert.All(contenders, contender => { contender.Experiment.Classifier.Validate(); contender.Experiment.Erasing?.Validate(); });
                Assert.Equal(name switch { "ablation" => 9, "pairs" => 37, "subsets" => 8, _ => 4 }, contenders.DistinctBy(contender => contender.Name).Count());
            }
        }
    }

    [Fact]
    public void A_grid_survives_its_file_and_crosses_trainings_extractors_and_refinements()
    {
        using var folder = new TempFolder();
        var grid = new ComparisonGrid
        {
            Trainings = [new("plain"), new("wide") { Techniques = [new MultiDilation { Rates = [1, 2] }], Erasing = new IterativeErasing { Steps = 2 } }],
            Extractors = [new Cam(), new LayerCam { Layer = "stage2" }],
            Scales = [1, 2],
            Refinements = [null, new CrfRefinement()],
            Seeds = [4, 5],
            Segment = true,
        };
        File.WriteAllText(folder.File("grid.json"), WsssJson.Write(grid));
        var read = ComparisonGrid.Load(folder.File("grid.json"));
        Assert.Equal(WsssJson.Write(grid), WsssJson.Write(read));
        var contenders = read.Contenders(Experiment);
        Assert.Equal(
            ["plain + Cam", "plain + Cam + Crf", "plain + LayerCam", "plain + LayerCam + Crf", "wide + Cam", "wide + Cam + Crf", "wide + LayerCam", "wide + LayerCam + Crf"],
            contenders.Select(contender => contender.Name));
        Assert.Equal("stage2", Assert.IsType<LayerCam>(contenders[7].Experiment.Maps.Extractor).Layer);
        Assert.Equal(2, contenders[7].Experiment.Erasing!.Steps);
        Assert.Equal([1, 2], contenders[7].Experiment.Maps.Scales);
        Assert.Equal(Experiment.Maps.Scales, ReadyGrids.Create("ablation", Experiment.Data, []).Contenders(Experiment)[0].Experiment.Maps.Scales);
    }

    [Fact]
    public void The_grids_that_come_with_the_project_can_be_run()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Notebooks.sln"))) folder = folder.Parent!;
        string[] files = Directory.GetFiles(Path.Combine(folder.FullName, "data", "grids"), "*.yaml");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            Assert.All(ComparisonGrid.Load(file).Contenders(Experiment), contender =>
            {
                contender.Experiment.Classifier.Validate();
                contender.Experiment.Erasing?.Validate();
                contender.Experiment.Refinement?.Validate();
            });
        }
    }

    [Fact]
    public void A_grid_in_yaml_is_the_same_grid()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("grid.yaml"), """
            trainings:   # the baseline first
              - name: plain
              - name: wide, twice
                techniques: [{ technique: MultiDilation, rates: [1, 2] }]
                erasing: { steps: 2, share: 0.1, decoys: true }
            refinements: [null, { $type: crf }]
            seeds: [4, 5]
            """);
        var expected = new ComparisonGrid
        {
            Trainings =
            [
                new("plain"),
                new("wide, twice") { Techniques = [new MultiDilation { Rates = [1, 2] }], Erasing = new IterativeErasing { Steps = 2, Share = 0.1, Decoys = true } },
            ],
            Refinements = [null, new CrfRefinement()],
            Seeds = [4, 5],
        };
        Assert.Equal(WsssJson.Write(expected), WsssJson.Write(ComparisonGrid.Load(folder.File("grid.yaml"))));
    }

    [Fact]
    public void A_missing_file_an_unknown_member_and_an_empty_grid_are_errors()
    {
        using var folder = new TempFolder();
        Assert.Contains("--print", Assert.Throws<WsssException>(() => ComparisonGrid.Load(folder.File("none.json"))).Message);
        File.WriteAllText(folder.File("bad.json"), """{"trainings":[],"speed":1}""");
        Assert.Contains("bad.json", Assert.Throws<WsssException>(() => ComparisonGrid.Load(folder.File("bad.json"))).Message);
        Assert.Throws<RecipeException>(() => new ComparisonGrid { Trainings = [] }.Contenders(Experiment));
        Assert.Throws<RecipeException>(() => new ComparisonGrid { Trainings = [new("plain")], Refinements = [] }.Contenders(Experiment));
    }

    private static IEnumerable<string> Names(string grid) =>
        ReadyGrids.Create(grid, Experiment.Data, Techniques).Contenders(Experiment).Select(contender => contender.Name);
}
