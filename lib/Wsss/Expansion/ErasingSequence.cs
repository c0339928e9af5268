using Wsss.Data;
using Wsss.Localization;
using Wsss.Storage;
using Wsss.Training;

namespace Wsss.Expansion;

/// <summary>The classifiers of iterative erasing, each trained on what the ones before it left to see. Owns them.</summary>
public sealed class ErasingSequence : MapMaker
{
    private readonly IterativeErasing _options;
    private readonly List<TrainedClassifier> _classifiers = [];
    private readonly List<IReadOnlyList<double?>> _averagePrecision = [];
    private readonly byte[] _colour;

    internal ErasingSequence(IterativeErasing options, MapInference maps, LabelledSplits data, RunContext run)
    {
        (_options, Maps) = (options, maps);
        _colour = Bytes(ChannelMean.Of(data.Train, run.Cancellation));
        int[] labels = [.. Enumerable.Range(0, data.Validation.Count).SelectMany(data.Validation.Labels)];
        Chance = [.. data.Train.ClassNames.Select((_, c) => (double)labels.Count(label => label == c) / data.Validation.Count)];
        LastSteps = [.. Chance.Select(_ => 0)];
    }

    /// <summary>How maps are read, for erasing and for use.</summary>
    public override MapInference Maps { get; }

    /// <summary>The classifiers by step; the first has seen whole images. A last one that no class took any more is among them.</summary>
    public override IReadOnlyList<TrainedClassifier> Classifiers => _classifiers;

    /// <summary>
    /// Average precision by step and class on validation images that were erased as the step's training images; null for a class that they
    /// do not show.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double?>> AveragePrecision => _averagePrecision;

    /// <summary>For each class the share of the validation images that show it: the average precision of guessing.</summary>
    public IReadOnlyList<double> Chance { get; }

    /// <summary>For each class the last step whose maps it takes, by <see cref="ErasingStop"/>.</summary>
    public IReadOnlyList<int> LastSteps { get; private set; }

    /// <summary>How many steps some class takes.</summary>
    public int Depth => LastSteps.Max();

    /// <inheritdoc/>
    public override string Key => ArtifactStore.Key(
    [
        "erasing/2", Maps.Key(), WsssJson.Write(_options.Share), string.Join(',', _colour), string.Join(',', LastSteps),
        .. _classifiers.Take(Depth).Select(classifier => classifier.Key),
    ]);

    /// <summary>Whether some class has not stopped.</summary>
    internal bool GoesOn => LastSteps.Any(last => last == _classifiers.Count);

    /// <summary>
    /// The maps of every sample of a split, in its order. The image is erased as the training images were: by the first
    /// classifier's map on it, then by the second's on what is left, and so on. Erased places are kept in the store.
    /// </summary>
    /// <param name="source">Any split with labels.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <returns>Samples as the split has them, and what each step found.</returns>
    public IEnumerable<(Sample Sample, ErasedMaps Maps)> ReadSteps(ISampleSource source, RunContext run) => ReadSteps(source, Maps, run);

    private IEnumerable<(Sample Sample, ErasedMaps Maps)> ReadSteps(ISampleSource source, MapInference maps, RunContext run)
    {
        int depth = Depth;
        ISampleSource[] seen = [.. Enumerable.Range(0, depth).Select(steps => Erased(source, steps, decoys: false, run))];
        var readers = new List<IEnumerator<(Sample Sample, LocalizationMaps Maps)>>();
        try
        {
            // All steps read the same images at the same pace: one of them reports.
            for (int step = 0; step < depth; step++)
                readers.Add(
                    maps.Run(_classifiers[step].Network, seen[step], step == 0 ? run : run with { Progress = null }).GetEnumerator()
                );
            for (int i = 0; i < source.Count; i++)
            {
                foreach (var reader in readers)
                    reader.MoveNext();
                var sample = readers[0].Current.Sample;
                yield return (
                    sample,
                    new ErasedMaps([.. readers.Select(reader => reader.Current.Maps)], PlacesOf(seen[^1], i, sample.Image), LastSteps)
                );
            }
        }
        finally
        {
            foreach (var reader in readers)
                reader.Dispose();
        }
    }

    /// <summary>The merged maps of every sample of a split; the same places are erased however the rest is read.</summary>
    /// <inheritdoc/>
    public override IEnumerable<(Sample Sample, LocalizationMaps Maps)> Extract(
        ISampleSource source, MapInference maps, RunContext run) =>
        ReadSteps(source, maps, run).Select(item => (item.Sample, item.Maps.Merged()));

    /// <summary>A split as it looks after some steps. What is erased comes from the store or is found now.</summary>
    /// <param name="source">Any split with labels.</param>
    /// <param name="steps">0 for the split itself … the number of <see cref="Classifiers"/>.</param>
    /// <param name="decoys">Whether the images are also painted over where others were (<see cref="IterativeErasing.Decoys"/>).</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many classifiers.</exception>
    public ISampleSource Erased(ISampleSource source, int steps, bool decoys, RunContext run)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, _classifiers.Count);
        ISampleSource seen = source;
        for (int step = 1; step <= steps; step++)
        {
            var before = seen;
            int[] classes = [.. Enumerable.Range(0, LastSteps.Count).Where(c => LastSteps[c] >= step)];
            string key = ArtifactStore.Key(
                "erasure/2",
                before.Fingerprint,
                _classifiers[step - 1].Key,
                Maps.Key(),
                WsssJson.Write(_options.Share),
                string.Join(',', classes)
            );
            string erased = run.Store.Ensure(
                "erasure",
                key,
                $"step {step}, {source.Name}",
                folder => Erase(before, step, classes, folder, run),
                run
            );
            seen = new ErasedSource(source, erased, key, step, _colour, decoys && step == steps);
        }
        return seen;
    }

    internal void TrainNext(Recipe recipe, LabelledSplits data, RunContext run)
    {
        int done = _classifiers.Count;
        var erased = data with
        {
            Train = Erased(data.Train, done, _options.Decoys, run),
            Validation = Erased(data.Validation, done, _options.Decoys, run),
        };
        if (done > 0 && _options.WarmStart)
            recipe = recipe with { Backbone = recipe.Backbone with { Weights = _classifiers[^1].WeightsPath } };
        _classifiers.Add(ClassifierTrainer.Train(recipe, erased, run));
        _averagePrecision.Add(
            ClassifierTrainer.Evaluate(_classifiers[^1], erased.Validation, run).AveragePrecision
        );
        LastSteps =
        [
            .. Chance.Select(
                (chance, c) => ErasingStop.LastStep([.. _averagePrecision.Select(step => step[c])], chance, _options.StopBelow)
            ),
        ];
    }

    /// <summary>Writes what is erased once this step's places are added to those of the steps before.</summary>
    private void Erase(ISampleSource before, int step, int[] classes, string folder, RunContext run)
    {
        int index = 0;
        foreach (var (sample, maps) in Maps.Run(_classifiers[step - 1].Network, before, run))
        {
            byte[] erased = [.. PlacesOf(before, index++, sample.Image).Values];
            for (int k = 0; k < maps.Classes.Count; k++)
            {
                if (!classes.Contains(maps.Classes[k])) continue;
                bool[] places = _options.Places(maps.Map(k));
                for (int i = 0; i < places.Length; i++)
                    if (places[i] && erased[i] == 0) erased[i] = (byte)step;
            }
            ImageFile.WriteGray(SampleFiles.PathOf(folder, sample.Id), new LabelMap(sample.Image.Width, sample.Image.Height, erased));
        }
    }

    private static LabelMap PlacesOf(ISampleSource source, int index, RgbImage image) => source is ErasedSource erased
        ? erased.Places(index)
        : new LabelMap(image.Width, image.Height, new byte[image.Width * image.Height]);

    /// <summary>The 8-bit colour nearest to one in normalised space.</summary>
    private static byte[] Bytes(float[] normalised) =>
        [
            .. normalised.Select(
                (value, channel) =>
                    (byte)Math.Clamp(MathF.Round(255 * (value * Normalization.Std[channel] + Normalization.Mean[channel])), 0, 255)
            ),
        ];
}
