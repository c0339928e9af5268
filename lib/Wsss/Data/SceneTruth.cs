namespace Wsss.Data;

/// <summary>Truths of a drawn scene beyond its class mask; all of the image's size.</summary>
/// <param name="Parts">0 no target object, 1 the telling part (head, sail, …), 2 the rest of a target object.</param>
/// <param name="Objectness">1 on any object (target class or distractor), 0 elsewhere.</param>
/// <param name="Context">1 on scenery that co-occurs with a class (water, rails), outside objects; 0 elsewhere.</param>
public sealed record SceneTruth(LabelMap Parts, LabelMap Objectness, LabelMap Context)
{
    /// <summary>Value of the telling part in <see cref="Parts"/>.</summary>
    public const byte Head = 1;

    /// <summary>Value of the rest of an object in <see cref="Parts"/>.</summary>
    public const byte Body = 2;
}
