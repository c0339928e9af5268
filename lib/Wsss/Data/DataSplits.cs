namespace Wsss.Data;

/// <summary>The three parts of a data set, by what they may be used for.</summary>
/// <param name="Train">Image-level labels train the classifier; its masks are used for the ceiling only, where there are any.</param>
/// <param name="Validation">Small; its masks choose the one threshold, and options where somebody compares them; where it has none, a rule
/// that needs none chooses the threshold.</param>
/// <param name="Test">Held out; every reported number comes from it.</param>
public sealed record DataSplits(IMaskedSource Train, IMaskedSource Validation, IMaskedSource Test)
{
    /// <summary>Parts of any kind, such as a source of one's own: where it knows no masks, none are used.</summary>
    /// <param name="train">What is trained on.</param>
    /// <param name="validation">What training is watched on.</param>
    /// <param name="test">Held out.</param>
    public DataSplits(ISampleSource train, ISampleSource validation, ISampleSource test)
        : this(WithoutMasks.Of(train), WithoutMasks.Of(validation), WithoutMasks.Of(test))
    {
    }

    /// <summary>The same images and labels without their masks: all that a classifier may learn from.</summary>
    public static implicit operator LabelledSplits(DataSplits data) => new(data.Train, data.Validation, data.Test);
}

/// <summary>The three parts of a data set as weak supervision sees them: images and labels.</summary>
/// <param name="Train">What is trained on.</param>
/// <param name="Validation">Small; its labels tell how a training goes.</param>
/// <param name="Test">Held out.</param>
public sealed record LabelledSplits(ISampleSource Train, ISampleSource Validation, ISampleSource Test);
