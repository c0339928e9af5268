using Wsss.Data;
using Wsss.Menagerie;

namespace Wsss.Tests.Data;

/// <summary>What the masks promise, and the frequencies that the methods rely on.</summary>
public class MenagerieTruthTests(MenagerieTruthTests.Scenes scenes) : IClassFixture<MenagerieTruthTests.Scenes>
{
    private const int Cat = 0, Bear = 3, Fish = 5, Boat = 6, Train = 7;

    [Theory]
    [InlineData(nameof(SceneSubjects.Targets))]
    [InlineData(nameof(SceneSubjects.Others))]
    public void Masks_agree_with_each_other_and_the_labels(string drawn)
    {
        var subjects = Enum.Parse<SceneSubjects>(drawn);
        MaskedSample[] samples = subjects == SceneSubjects.Targets ? scenes.Targets : scenes.Others;
        int bestPart = subjects == SceneSubjects.Targets ? SceneTruth.Head : SceneTruth.Body;
        foreach (MaskedSample s in samples)
        {
            byte[] mask = s.Mask!.Values,
                parts = s.Truth!.Parts.Values,
                objects = s.Truth.Objectness.Values,
                context = s.Truth.Context.Values;
            for (int i = 0; i < mask.Length; i++)
            {
                Assert.Equal(mask[i] > 0, parts[i] > 0);
                if (parts[i] > 0)
                    Assert.InRange(parts[i], bestPart, SceneTruth.Body);
                Assert.InRange(objects[i], mask[i] > 0 ? 1 : 0, 1);
                Assert.InRange(context[i], 0, 1 - objects[i]);
            }
            Assert.Equal(s.Labels.Select(c => (byte)(c + 1)), mask.Where(v => v > 0).Distinct().Order());
            Assert.InRange(s.Labels.Count, 1, 3);
            Assert.All(s.Labels, c => Assert.True(mask.Count(v => v == c + 1) >= mask.Length / 100));
        }
    }

    [Fact]
    public void The_telling_part_is_small_but_there()
    {
        var shares = new double[DrawnScenes.TargetClasses.Count];
        for (int c = 0; c < shares.Length; c++)
        {
            double head = 0, all = 0;
            foreach (MaskedSample s in scenes.Targets)
            {
                for (int i = 0; i < s.Mask!.Values.Length; i++)
                {
                    if (s.Mask.Values[i] != c + 1) continue;
                    all++;
                    if (s.Truth!.Parts.Values[i] == SceneTruth.Head) head++;
                }
            }
            shares[c] = head / all;
        }
        Assert.All(shares, share => Assert.InRange(share, .15, .37));
        Assert.InRange(shares.Average(), .2, .31);
    }

    [Theory]
    [InlineData(nameof(SceneSubjects.Targets))]
    [InlineData(nameof(SceneSubjects.Others))]
    public void Every_class_occurs_about_as_often(string drawn)
    {
        var subjects = Enum.Parse<SceneSubjects>(drawn);
        MaskedSample[] samples = subjects == SceneSubjects.Targets ? scenes.Targets : scenes.Others;
        int classes = subjects == SceneSubjects.Targets ? DrawnScenes.TargetClasses.Count : DrawnScenes.OtherClasses.Count;
        double expected = 1.72 * samples.Length / classes;
        for (int c = 0; c < classes; c++)
            Assert.InRange(samples.Count(s => s.Labels.Contains(c)), .55 * expected, 1.5 * expected);
        Assert.All([1, 2, 3], n => Assert.Contains(samples, s => s.Labels.Count == n));
    }

    [Fact]
    public void Water_and_rails_come_with_boats_and_trains()
    {
        static double Share(IEnumerable<MaskedSample> samples) => samples.Average(HasContext);
        static double HasContext(MaskedSample s) => s.Truth!.Context.Values.Any(v => v == 1) ? 1 : 0;
        Assert.InRange(Share(scenes.Targets.Where(s => s.Labels.Contains(Boat))), .88, .999);
        Assert.InRange(Share(scenes.Targets.Where(s => s.Labels.Contains(Train))), .88, .999);
        Assert.InRange(Share(scenes.Targets.Where(s => s.Labels.Max() < Fish)), .03, .28);
        var never = new DrawnScenes("train", 200, new() { ContextReliability = 0 });
        never.Prepare(cancellation: TestContext.Current.CancellationToken);
        MaskedSample[] boats = [.. Enumerable.Range(0, 200).Select(i => Toys.WithTruths(never, i)).Where(s => s.Labels is [Boat])];
        Assert.InRange(Share(boats), 0, .25);
    }

    [Fact]
    public void Colour_does_not_tell_the_class()
    {
        double[] red = new double[8], green = new double[8];
        for (int c = 0; c < 8; c++)
        {
            double count = 0;
            foreach (MaskedSample s in scenes.Targets)
            {
                for (int i = 0; i < s.Mask!.Values.Length; i++)
                {
                    if (s.Mask.Values[i] != c + 1 || s.Truth!.Parts.Values[i] != SceneTruth.Body) continue;
                    count += s.Image.Pixels[3 * i] + s.Image.Pixels[3 * i + 1] + s.Image.Pixels[3 * i + 2];
                    red[c] += s.Image.Pixels[3 * i];
                    green[c] += s.Image.Pixels[3 * i + 1];
                }
            }
            red[c] /= count;
            green[c] /= count;
        }
        Assert.All(red, share => Assert.Equal(red.Average(), share, .05));
        Assert.All(green, share => Assert.Equal(green.Average(), share, .05));
    }

    [Fact]
    public void Cue_reliability_decides_how_often_the_coat_is_right()
    {
        const int Count = 400;
        DrawnScenes Of(double reliability)
        {
            var source = new DrawnScenes("train", Count, new() { Size = 64, CueReliability = reliability });
            source.Prepare(cancellation: TestContext.Current.CancellationToken);
            return source;
        }
        DrawnScenes always = Of(1), mostly = Of(.7), never = Of(0);
        // Another reliability changes nothing but coats, so an unchanged picture shows a right one.
        bool Same(DrawnScenes a, int i) => a.Load(i).Image.Pixels.AsSpan().SequenceEqual(always.Load(i).Image.Pixels);
        int[] animals = [.. Enumerable.Range(0, Count).Where(i => always.Load(i).Labels is [>= Cat and <= Bear])];
        int[] withoutAnimals = [.. Enumerable.Range(0, Count).Where(i => always.Load(i).Labels[0] > Bear)];
        Assert.InRange(animals.Average(i => Same(mostly, i) ? 1.0 : 0), .58, .82);
        Assert.DoesNotContain(animals, i => Same(never, i));
        Assert.All(withoutAnimals, i => Assert.True(Same(never, i)));
    }

    public sealed class Scenes
    {
        internal MaskedSample[] Targets { get; } = Draw(SceneSubjects.Targets);

        internal MaskedSample[] Others { get; } = Draw(SceneSubjects.Others);

        private static MaskedSample[] Draw(SceneSubjects subjects)
        {
            var source = new DrawnScenes("train", 400, new() { Subjects = subjects });
            source.Prepare();
            return [.. Enumerable.Range(0, source.Count).Select(i => Toys.WithTruths(source, i))];
        }
    }
}
