using Wsss.Comparisons;
using Wsss.Expansion;
using Wsss.Localization;
using Wsss.Menagerie;
using Wsss.Pipeline;
using Wsss.Refinement;
using Wsss.Registry;
using Wsss.Sharpening;
using Wsss.Training;

namespace Wsss.Tests.Comparisons;

public sealed class ReadyGridTests
{
    private static readonly Experiment Experiment = Experiment.For(new MenagerieData { Scale = SceneScale.Smoke });
    private static readonly Technique[] Techniques = [new RandomErasing(), new Mixup(), new Equivariance()];

    [Fact]
    public void Ablation_has_plain_training_first_and_each_technique_by_itself() =>
        Assert.Equal(["plain", "RandomErasing (published)", "Mixup (published)", "Equivariance (published)"], Names("ablation"));

    [Fact]
    public void Pairs_has_each_pair_once_after_the_singles() =>
        Assert.Equal(
            [
                "plain",
                "RandomErasing (published)",
                "Mixup (published)",
                "Equivariance (published)",
                "RandomErasing (published) + Mixup (published)",
                "RandomErasing (published) + Equivariance (published)",
                "Mixup (published) + Equivariance (published)",
            ],
            Names("pairs")
        );

    [Fact]
    public void Subsets_has_each_combination_once_with_the_same_budget()
    {
        IReadOnlyList<Contender> contenders = Grid("subsets").On(DataKind.DrawnScenes, Techniques).Contenders(Experiment);
        Assert.Equal(
            [
                "plain",
                "RandomErasing (published)",
                "Mixup (published)",
                "Equivariance (published)",
                "RandomErasing (published) + Mixup (published)",
                "RandomErasing (published) + Equivariance (published)",
                "Mixup (published) + Equivariance (published)",
                "RandomErasing (published) + Mixup (published) + Equivariance (published)",
            ],
            contenders.Select(contender => contender.Name)
        );
        Assert.All(
            contenders,
            contender =>
                Assert.Equal(
                    WsssJson.Write(Experiment.Classifier),
                    WsssJson.Write(contender.Experiment.Classifier with { Techniques = [] })
                )
        );
    }

    [Fact]
    public void Best_goes_on_to_the_segmentation_network_with_and_without_a_crf()
    {
        IReadOnlyList<Contender> contenders = Grid("best").On(DataKind.DrawnScenes, Techniques[..2]).Contenders(Experiment);
        Assert.Equal(
            [
                "plain",
                "plain + crf",
                "RandomErasing (published) + Mixup (published)",
                "RandomErasing (published) + Mixup (published) + crf",
            ],
            contenders.Select(contender => contender.Name)
        );
        Assert.All(contenders, contender => Assert.True(contender.Segment && contender.Experiment.Ceiling));
        Assert.Equal([0, 1, 0, 1], contenders.Select(contender => contender.Experiment.Refinements.OfType<CrfRefinement>().Count()));
    }

    [Fact]
    public void Without_techniques_a_grid_has_its_own_with_valid_options_for_both_kinds_of_data()
    {
        foreach (DataKind kind in Enum.GetValues<DataKind>())
        {
            foreach (string name in Family.Of<ReadyGrid>().Names)
            {
                var contenders = Grid(name).On(kind, []).Contenders(Experiment);
                Assert.All(contenders, contender => contender.Experiment.Validate());
                Assert.Equal(
                    name switch
                    {
                        "ablation" => 10,
                        "pairs" => 46,
                        "subsets" => 8,
                        _ => 4,
                    },
                    contenders.DistinctBy(contender => contender.Name).Count()
                );
            }
        }
    }

    [Fact]
    public void Rows_of_one_name_say_in_which_options_they_differ()
    {
        var grid = new ComparisonGrid
        {
            Trainings = [new("plain")],
            Refinements =
            [
                [new AffinityWalk { Steps = 8 }],
                [new AffinityWalk { Steps = 9, Crf = new() { Iterations = 1 } }, new PamrRefinement()],
            ],
            Extractors = [new LayerCam(), new LayerCam { Layer = "stage2" }],
        };
        string[] names = [.. grid.Contenders(Experiment).Select(contender => contender.Name)];
        Assert.StartsWith("plain + layercam (layer none) + walk (crf {", names[0]);
        Assert.EndsWith(", steps 8)", names[0]);
        Assert.StartsWith("plain + layercam (layer stage2) + walk (crf {", names[3]);
        Assert.EndsWith(", steps 9) + pamr", names[3]);
        Assert.Equal(4, names.Distinct().Count());
    }

    [Fact]
    public void Every_grid_of_the_project_has_a_name_for_each_row()
    {
        string[] files = Directory.GetFiles(ProjectFolder.At("data", "grids"), "*.yaml");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            var contenders = ComparisonGrid.Load(file, DataKind.DrawnScenes).Contenders(Experiment);
            Assert.Equal(contenders.Count, contenders.Select(contender => contender.Name).Distinct().Count());
        }
    }

    [Fact]
    public void A_grid_survives_its_file_and_crosses_trainings_extractors_and_refinements()
    {
        using var folder = new TempFolder();
        var grid = new ComparisonGrid
        {
            Trainings =
            [
                new("plain"),
                new("wide") { Techniques = [new MultiDilation { Rates = [1, 2] }, new IterativeErasing { Steps = 2 }] },
            ],
            Extractors = [new Cam(), new LayerCam { Layer = "stage2" }],
            Scales = [1, 2],
            Refinements =
            [
                [],
                [new CrfRefinement()],
            ],
            Seeds = [4, 5],
            Segment = true,
        };
        File.WriteAllText(folder.File("grid.json"), WsssJson.Write(grid));
        var read = ComparisonGrid.Load(folder.File("grid.json"));
        Assert.Equal(WsssJson.Write(grid), WsssJson.Write(read));
        var contenders = read.Contenders(Experiment);
        Assert.Equal(
            [
                "plain + cam",
                "plain + cam + crf",
                "plain + layercam",
                "plain + layercam + crf",
                "wide + cam",
                "wide + cam + crf",
                "wide + layercam",
                "wide + layercam + crf",
            ],
            contenders.Select(contender => contender.Name)
        );
        Assert.Equal("stage2", Assert.IsType<LayerCam>(contenders[7].Experiment.Maps.Extractor).Layer);
        Assert.Equal(2, contenders[7].Experiment.Classifier.Techniques.OfType<IterativeErasing>().Single().Steps);
        Assert.Equal([1, 2], contenders[7].Experiment.Maps.Scales);
        Assert.Equal(
            Experiment.Maps.Scales,
            Grid("ablation").On(DataKind.DrawnScenes, []).Contenders(Experiment)[0].Experiment.Maps.Scales
        );
    }

    [Fact]
    public void The_grids_that_come_with_the_project_can_be_run()
    {
        string[] files = Directory.GetFiles(ProjectFolder.At("data", "grids"), "*.yaml");
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            Assert.All(ComparisonGrid.Load(file).Contenders(Experiment), contender => contender.Experiment.Validate());
        }
    }

    [Fact]
    public void A_grid_in_yaml_is_the_same_grid()
    {
        using var folder = new TempFolder();
        File.WriteAllText(
            folder.File("grid.yaml"),
            """
            trainings:   # the baseline first
              - name: plain
              - name: wide, twice
                techniques: ["MultiDilation:rates=[1, 2]", { IterativeErasing: { steps: 2, share: 0.1, decoys: true } }]
            refinements: [[], [crf]]
            seeds: [4, 5]
            """
        );
        var expected = new ComparisonGrid
        {
            Trainings =
            [
                new("plain"),
                new("wide, twice")
                {
                    Techniques =
                    [
                        new MultiDilation { Rates = [1, 2] },
                        new IterativeErasing
                        {
                            Steps = 2,
                            Share = 0.1,
                            Decoys = true,
                        },
                    ],
                },
            ],
            Refinements =
            [
                [],
                [new CrfRefinement()],
            ],
            Seeds = [4, 5],
        };
        Assert.Equal(WsssJson.Write(expected), WsssJson.Write(ComparisonGrid.Load(folder.File("grid.yaml"))));
    }

    [Fact]
    public void Chains_within_a_refinement_are_named_as_they_are_typed()
    {
        using var folder = new TempFolder();
        File.WriteAllText(
            folder.File("grid.yaml"),
            """
            trainings: [{ name: plain }]
            refinements:
              - [mean]
              - [{ mean: { chains: [[], [saliency, { walk: { steps: 64 } }], [{ mean: { chains: [[crf]] } }]] } }, crf]
            """
        );

        Assert.Equal(
            [
                "plain + mean (chains [[walk],[attention-affinity]])",
                "plain + mean (chains [[],[saliency,walk:{steps:64}],[mean:{chains:[[crf]]}]]) + crf",
            ],
            ComparisonGrid.Load(folder.File("grid.yaml")).Contenders(Experiment).Select(contender => contender.Name)
        );
    }

    [Fact]
    public void A_missing_file_an_unknown_member_and_an_empty_grid_are_errors()
    {
        using var folder = new TempFolder();
        Assert.Contains("printed", Assert.Throws<WsssException>(() => ComparisonGrid.Load(folder.File("none.json"))).Message);
        File.WriteAllText(folder.File("bad.json"), """{"trainings":[],"speed":1}""");
        Assert.Contains("bad.json", Assert.Throws<WsssException>(() => ComparisonGrid.Load(folder.File("bad.json"))).Message);
        Assert.Throws<RecipeException>(() => new ComparisonGrid { Trainings = [] }.Contenders(Experiment));
        Assert.Throws<RecipeException>(() => new ComparisonGrid { Trainings = [new("plain")], Refinements = [] }.Contenders(Experiment));
    }

    [Fact]
    public void A_row_says_which_options_it_has_where_they_are_not_the_suggested_ones()
    {
        Technique[] techniques =
        [
            RandomErasing.ForShortTrainings,
            new RandomErasing(),
            new RandomErasing { Probability = 0.2 },
            new PuzzleCam(),
        ];
        Assert.Equal(
            ["plain", "RandomErasing", "RandomErasing (published)", "RandomErasing (own options)", "PuzzleCam (published)"],
            Grid("ablation").On(DataKind.DrawnScenes, techniques).Trainings.Select(training => training.Name)
        );
    }

    private static ReadyGrid Grid(string name) => (ReadyGrid)Family.Of<ReadyGrid>().Find(name).Published;

    private static IEnumerable<string> Names(string grid) =>
        Grid(grid).On(DataKind.DrawnScenes, Techniques).Contenders(Experiment).Select(contender => contender.Name);
}
