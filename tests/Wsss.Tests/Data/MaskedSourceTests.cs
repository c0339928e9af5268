using Wsss.Data;
using Wsss.Menagerie;

namespace Wsss.Tests.Data;

public sealed class MaskedSourceTests
{
    private readonly HandMadeSource _source = new(["a", "b", "c"],
        [.. Enumerable.Range(0, 6).Select(i => HandMadeSource.Halves($"s{i}", 6, 4, i % 3) with { Truth = i == 5 ? Truth : null })]);

    private static SceneTruth Truth { get; } = new(Empty(), Empty(), Empty());

    private static LabelMap Empty() => new(6, 4, new byte[24]);

    [Fact]
    public void A_mask_is_found_by_its_samples_name_without_loading_an_image()
    {
        var counting = new CountingSource(_source);
        for (int i = 0; i < 6; i++) Assert.Same(_source.Mask(i), counting.MaskOf($"s{i}"));
        Assert.Equal((0, 6), (counting.Loads, counting.Masks));
        Assert.Equal(4, counting.IndexOf("s4"));
        Assert.Contains("'t'", Assert.Throws<DataSetException>(() => counting.MaskOf("t")).Message);
    }

    [Fact]
    public void A_sample_without_mask_has_none()
    {
        HandMadeSource some = Toys.Select(_source, sample => sample.Id == "s2" ? sample with { Mask = null } : sample);
        Assert.Null(some.MaskOf("s2"));
        Assert.NotNull(some.MaskOf("s1"));
        Assert.Contains("'s2'", Assert.Throws<DataSetException>(() => some.Mask(2)).Message);
        Assert.Contains("'s2'", Assert.Throws<DataSetException>(() => new TargetSource(some)).Message);
    }

    [Fact]
    public void A_subset_keeps_masks_and_truths_with_their_samples()
    {
        var few = new MaskedSubset(_source, [5, 1, 1]);
        Assert.Equal(["s5", "s1", "s1"], Enumerable.Range(0, few.Count).Select(few.Id));
        Assert.Same(_source.Mask(5), few.Mask(0));
        Assert.Same(_source.Mask(1), few.MaskOf("s1"));
        Assert.Same(Truth, few.Truth(0));
        Assert.Null(few.Truth(1));
        Assert.True(few.HasMask(2));
        Assert.Equal(new Subset(_source, [5, 1, 1]).Fingerprint, few.Fingerprint);
        Assert.Throws<DataSetException>(() => new MaskedSubset(_source, [6]));
    }

    [Fact]
    public void A_target_is_the_mask_as_a_plane_and_nothing_else_changes()
    {
        var target = new TargetSource(_source);
        Sample plain = _source.Load(3), taught = target.Load(3);
        Assert.Equal(new Plane(_source.Mask(3), PlaneKind.Labels), taught.Planes[TargetSource.Plane]);
        Assert.Equal(plain, taught with { Planes = plain.Planes });
        Assert.Equal((_source.Name, _source.Fingerprint), (target.Name, target.Fingerprint));
        Assert.Equal((_source.Count, _source.Id(3)), (target.Count, target.Id(3)));
        Assert.Equal(_source.Labels(3), target.Labels(3));
    }

    [Fact]
    public void A_target_of_another_size_than_its_image_is_an_error()
    {
        HandMadeSource wrong = Toys.Select(_source, sample => sample with { Mask = new LabelMap(5, 4, new byte[20]) });
        string message = Assert.Throws<DataSetException>(() => new TargetSource(wrong).Load(2)).Message;
        Assert.All(["6×4", "5×4", "'s2'"], part => Assert.Contains(part, message));
    }

    [Fact]
    public void Splits_are_given_on_without_their_masks()
    {
        var data = new DataSplits(_source, _source, _source);
        LabelledSplits labelled = data;
        Assert.Equal(new LabelledSplits(_source, _source, _source), labelled);
    }

    [Fact]
    public void Drawn_scenes_know_their_masks_and_truths()
    {
        var scenes = new DrawnScenes("masks", 2);
        Assert.True(scenes.HasMask(1));
        Assert.Equal(scenes.Options.Size, scenes.Mask(1).Width);
        Assert.Same(scenes.Mask(1), scenes.MaskOf(scenes.Id(1)));
        Assert.Same(scenes.Truth(1), ((IMaskedSource)scenes).Truth(1));
    }
}
