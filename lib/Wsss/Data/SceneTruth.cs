namespace Wsss.Data;

/// <summary>Truths of a drawn picture beyond its class mask; all of the image's size.</summary>
/// <param name="Parts">0 no pixel of a class, 1 the telling part (head, sail, a symptom's core, …), 2 the rest of it.</param>
/// <param name="Objectness">1 on any object (target class, distractor, or a whole leaf), 0 elsewhere.</param>
/// <param name="Context">1 on what co-occurs with a class (water, rails, the healthy part of a leaf), outside its pixels.</param>
public sealed record SceneTruth(LabelMap Parts, LabelMap Objectness, LabelMap Context)
{
    /// <summary>Value of the telling part in <see cref="Parts"/>.</summary>
    public const byte Head = 1;

    /// <summary>Value of the rest of an object in <see cref="Parts"/>.</summary>
    public const byte Body = 2;
}
