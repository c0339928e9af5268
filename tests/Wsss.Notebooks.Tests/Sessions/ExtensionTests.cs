using Wsss.Notebooks.Documents;
using Wsss.Notebooks.Sessions;

namespace Wsss.Notebooks.Tests.Sessions;

/// <summary>
/// Who writes an extension sees what the library shows to everyone, as a cell does: each of these is a file's worth of one, and takes its
/// place beside the library's own.
/// </summary>
public sealed class ExtensionTests : IDisposable
{
    private const string Head = """
        using TorchSharp; using Wsss; using Wsss.Data; using Wsss.Data.Labels; using Wsss.Evaluation; using Wsss.Localization; using Wsss.Models;
        using Wsss.Pipeline; using Wsss.Refinement; using Wsss.Registry; using Wsss.Segmentation; using Wsss.Segmentation.Thresholds; using Wsss.Training;
        using Wsss.Weights; using static TorchSharp.torch;

        """;

    private readonly List<CellOutput> _outputs = [];
    private readonly NotebookSession _session = new(new SessionOptions());

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task A_technique_may_stand_at_every_extension_point() =>
        Assert.Equal(
            "Everything at 0.5: 2 images",
            await Value(
                """
                public sealed record Everything : Technique, IBatchTransform, IHeadDesign, ILossTerm, ITrainingView, IMapMaking
                {
                    public double Weight { get; init; } = 1;
                    public static Everything Light { get; } = new() { Weight = 0.5 };
                    public override void Validate() { if (Weight < 0) throw new RecipeException($"Expected a weight of at least 0, found {Weight}."); }
                    public Batch Transform(Batch batch, StepContext step) => batch with { Images = batch.Images * step.Random.NextDouble() * step.Ramp(0.5) };
                    public ClassifierHead BuildHead(HeadSpec spec, Func<HeadSpec, ClassifierHead> inner) => new DoubledHead(inner(spec with { Channels = spec.StageChannels[^1] }));
                    public IReadOnlyList<(string Name, Tensor Loss)> Losses(LossContext context) =>
                        [("size", Weight * context.RunAgain(context.Batch.Images, context.Batch.Labels).Maps.abs().mean())];
                    public ISampleSource View(ISampleSource train, RunContext run) => new WithPlane(train);
                    public MapMaker Train(Recipe recipe, LabelledSplits data, MapInference maps, RunContext run) => new Twice(MapMaker.Train(recipe, data, maps, run));
                }
                public sealed class DoubledHead : ClassifierHead
                {
                    private readonly ClassifierHead _inner;
                    public DoubledHead(ClassifierHead inner) : base("doubled") { _inner = inner; register_module("inner", inner); }
                    public override bool LooksBack => true;
                    public override HeadOutput forward(Activation features, Tensor? labels)
                    {
                        var output = _inner.call(features with { Trail = null }, labels);
                        return output with { Fused = 2 * output.Localization() + features.Trail!.Stages.Count };
                    }
                }
                public sealed class WithPlane(ISampleSource inner) : ISampleSource
                {
                    public string Name => inner.Name; public IReadOnlyList<string> ClassNames => inner.ClassNames; public int Count => inner.Count;
                    public string Fingerprint => inner.Fingerprint + "/plane"; public string Id(int index) => inner.Id(index);
                    public IReadOnlyList<int> Labels(int index) => inner.Labels(index);
                    public Sample Load(int index) => inner.Load(index) is var s ? s.With("regions", new Plane(new LabelMap(1, 1, [0]), PlaneKind.Labels)) : null!;
                }
                public sealed class Twice(MapMaker inner) : MapMaker
                {
                    public override IReadOnlyList<TrainedClassifier> Classifiers => inner.Classifiers;
                    public override MapInference Maps => inner.Maps;
                    public override string Key => Wsss.Storage.ArtifactStore.Key("twice/1", inner.Key);
                    public override IEnumerable<(Sample Sample, LocalizationMaps Maps)> Extract(ISampleSource source, MapInference maps, RunContext run) => inner.Extract(source, maps, run);
                }
                var light = Everything.Light;
                new Recipe().With(light).Validate();
                var batch = new Batch(["a", "b"], zeros(2, 3, 4, 4), zeros(2, 1));
                var seen = light.Transform(batch, new StepContext(1, 2, SeededRandom.For(1, 1), new([0, 0, 0])));
                $"{light.Name} at {light.Weight}: {seen.Images.shape[0]} images"
                """
            )
        );

    [Fact]
    public async Task Extractors_and_targets_take_part() =>
        Assert.Equal(
            "Region, Energy, Brightness",
            await Value(
                """
                public sealed record Region : GradientTarget
                {
                    public override IReadOnlyList<Tensor> Of(HeadOutput output, IReadOnlyList<int> classes) =>
                        [.. classes.Select(c => output.Maps.select(1, c).mean([1, 2]))];
                }
                public sealed record Energy : GradientExtractor
                {
                    protected override Tensor Map(Tensor activations, Tensor gradients) => (activations * gradients).sum(1);
                }
                public sealed record Brightness : MapExtractor
                {
                    public override Tensor Extract(Classifier network, Tensor images, IReadOnlyList<int> classes) => images.mean([1], keepdim: true).relu().expand(-1, classes.Count, -1, -1);
                    public override CellGeometry Cells(Classifier network, long height, long width) => CellGeometry.Pixels;
                }
                public sealed record OfLayer : LayerExtractor
                {
                    protected override Tensor Read(Classifier network, Activation activation, int cut, IReadOnlyList<int> classes) => activation.Grid.mean([1], keepdim: true);
                }
                public sealed record OfTokens : TransformerExtractor
                {
                    protected override Tensor Read(Classifier network, VisionTransformer transformer, Tensor images, IReadOnlyList<int> classes) => images;
                }
                var energy = new Energy { Target = new Region(), Layer = "layer1.0" };
                var inference = new MapInference { Extractor = new Brightness() };
                $"{energy.Target.GetType().Name}, {energy.GetType().Name}, {inference.Extractor.GetType().Name}"
                """
            )
        );

    [Fact]
    public async Task A_refinement_takes_part() => Assert.Equal("squared: 0.125", await Value(
        """
        [Registered("squares", Name = "squared", Order = 2000)]
        public sealed record Squared : MapRefinement
        {
            public double Power { get; init; } = 2;
            [Suggested(DataKind.DrawnScenes)] public static Squared Cubed => new() { Power = 3 };
            public override void Validate() { }
            public override MapRefiner Open(RefinementContext context) => new Refiner(Power);
            private sealed class Refiner(double power) : MapRefiner
            {
                protected override LocalizationMaps RefineSome(RgbImage image, LocalizationMaps maps) =>
                    new(maps.Id, maps.Width, maps.Height, maps.Classes, [.. maps.Values.Select(value => (float)Math.Pow(value, power))]);
            }
        }
        var experiment = new Experiment { Refinements = [Squared.Cubed] };
        var refiner = experiment.Refinements[0].Open(new RefinementContext(null, null!, null!));
        var refined = refiner.Refine(new RgbImage(1, 1, [0, 0, 0]), new LocalizationMaps("a", 1, 1, [0], [0.5f]));
        FormattableString.Invariant($"{experiment.Refinements[0].Name}: {refined.Values[0]}")
        """));

    [Fact]
    public async Task A_backbone_takes_part() => Assert.Equal("8 channels at stride 2 for 1 × 8 × 4 × 3", await Value(
        """
        public sealed class TwoLayersDesign : BackboneDesign
        {
            public override IReadOnlyList<int> Strides => [2];
            public override string? HeadLayer => "fc";
            public override IReadOnlyList<Download> Published => [];
            protected override Backbone Build(int outputStride, int classTokens) => new TwoLayers();
            protected override Backbone BuildPublished(IWeightFile file, int outputStride) => new TwoLayers();
        }
        public sealed class TwoLayers : ConvolutionalBackbone
        {
            public TwoLayers() : base("two_layers")
            {
                var (one, two) = (nn.Conv2d(3, 4, 3, padding: 1), nn.Conv2d(4, 8, 3, stride: 2, padding: 1));
                register_module("one", one); register_module("two", two);
                AddLayer("one", one); EndStage(4);
                AddLayer("two", two, stride: 2); EndStage(8);
            }
            public override int Channels => 8;
            public override int OutputStride => 2;
        }
        var network = new TwoLayersDesign().Create(2);
        var scope = NewDisposeScope();
        $"{network.Channels} channels at stride {network.OutputStride} for {string.Join(" × ", network.call(zeros(1, 3, 8, 6)).shape)}"
        """));

    [Fact]
    public async Task A_measure_takes_part() =>
        Assert.Equal(
            "0.5",
            await Value(
                """
                public sealed class Ones(int labels) : Measure
                {
                    private readonly List<double> _shares = [];
                    public override void Add(ScoredImage image)
                    {
                        // Every score of this process has it: it is silent about other images.
                        if (image.Id != "of an extension") return;
                        if (image.Truth.Values.Length == 0) throw new EvaluationException($"{image.Id}: expected pixels, found none.");
                        _shares.Add(image.Prediction.Values.Average(value => value == labels - 1 ? 1.0 : 0));
                    }
                    public override IReadOnlyList<MeasureValue> Values() =>
                        _shares.Count == 0 ? [] : [new("share of ones", _shares.Average()) { Classes = new ClassValues("ones", [null, _shares.Average()]) }];
                }
                var evaluator = new SegmentationEvaluator(["cat"]);
                evaluator.Add("of an extension", new LabelMap(2, 1, [0, 1]), null, new LabelMap(2, 1, [0, 1]));
                FormattableString.Invariant($"{evaluator.ToScore()["share of ones"]}")
                """
            )
        );

    [Fact]
    public async Task A_data_set_and_a_form_of_labels_take_part() =>
        Assert.Equal(
            "shade of 3 images, black in the test images' masks: True; list with 1 row",
            await Value(
                """
                public sealed record Shades : DataSet
                {
                    public int Count { get; init; } = 3;
                    public override DataDefaults Defaults => new() { Backbone = "menagerie_net", CropSize = 33 };
                    public override DataSplits Open() => Count > 0 ? new(new ShadeSource(Count), new ShadeSource(1), new ShadeSource(1))
                        : throw new DataSetException($"Expected at least 1 image, found {Count}.");
                }
                public sealed class ShadeSource(int count) : IMaskedSource
                {
                    public string Name => "shade"; public IReadOnlyList<string> ClassNames => ["black"]; public int Count => count;
                    public string Fingerprint => $"{count}"; public string Id(int index) => $"{index}"; public IReadOnlyList<int> Labels(int index) => [0];
                    public Sample Load(int index) => new(Id(index), new RgbImage(1, 1, [0, 0, 0]), Labels(index));
                    public bool HasMask(int index) => true; public LabelMap Mask(int index) => new(1, 1, [1]); public SceneTruth? Truth(int index) => null;
                }
                public sealed record BlackList : LabelFormat
                {
                    public override bool Fits(string path) => path.EndsWith(".black");
                    public override LabelTable Read(string path, IReadOnlyList<string>? classNames) =>
                        new(path, ["black"], [new LabelRow("a.jpg", [0], SplitKind.Train, $"{path}, line 1")]);
                }
                var data = DataSet.Parse("shades:count=3").Open();
                $"{data.Train.Name} of {data.Train.Count} images, black in the test images' masks: {data.Test.MaskOf("0")!.Values[0] == 1}; " +
                $"list with {new BlackList().Read("x.black", null).Rows.Count} row"
                """
            )
        );

    [Fact]
    public async Task A_rule_for_thresholds_takes_part() =>
        Assert.Equal(
            "Half, 19 scores",
            await Value(
                """
                public sealed record Half : MaskFreeRule
                {
                    public override IReadOnlyList<double> Scores(ThresholdEvidence evidence, IReadOnlyList<float> thresholds) => [.. thresholds.Select(t => -Math.Abs(t - 0.5))];
                }
                var rule = new Experiment { ThresholdRule = new Half() }.ThresholdRule!;
                $"{rule.Name}, {rule.Scores(null!, MaskFreeRule.Grid).Count} scores"
                """
            )
        );

    private async Task<string?> Value(string code)
    {
        CellResult result = await _session.ExecuteAsync(Head + code, _outputs.Add, TestContext.Current.CancellationToken);
        Assert.True(result.Error is null, result.Error is null ? "" : $"{result.Error}\n{string.Join('\n', result.Error.Traceback)}");
        return Assert.IsType<ResultOutput>(_outputs[^1]).Data[MimeBundle.Text];
    }
}
