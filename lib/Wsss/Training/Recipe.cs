using Wsss.Data;
using Wsss.Models;

namespace Wsss.Training;

/// <summary>
/// How a classifier is trained from image-level labels: everything but the data and the machine. Immutable; variants are
/// made by <c>recipe with { … }</c> and <see cref="With"/>.
/// </summary>
public sealed record Recipe : NetworkRecipe
{
    /// <summary>
    /// Techniques on top of plain training; any combine. Heads wrap each other from the first to the last, those of loss terms
    /// outside all others, as their losses read what they add to the output.
    /// </summary>
    public IReadOnlyList<Technique> Techniques { get; init; } = [];

    internal override string Kind => "classifier";

    /// <summary>The same recipe with one more technique.</summary>
    public Recipe With(Technique technique) => this with { Techniques = [.. Techniques, technique] };

    /// <summary>The name of its techniques for tables: <c>plain</c>, or their names joined by +.</summary>
    public string Title => Techniques.Count == 0 ? "plain" : string.Join(" + ", Techniques.Select(technique => technique.Name));

    /// <inheritdoc/>
    /// <exception cref="RecipeException">An option lies outside its range, or a technique occurs twice.</exception>
    public override void Validate()
    {
        base.Validate();
        foreach (var technique in Techniques) technique.Validate();
        if (Techniques.GroupBy(technique => technique.GetType()).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new RecipeException($"Expected each technique once, found {twice.Key.Name} {twice.Count()} times.");
    }

    /// <summary>The training split with all that the techniques want to come with it.</summary>
    /// <param name="train">The split as the data set has it.</param>
    /// <param name="run">Device, store, progress, cancellation.</param>
    public ISampleSource View(ISampleSource train, RunContext run) => train is IPaintedSource painted
        ? painted.Over(View(painted.Unpainted, run))
        : Techniques.OfType<ITrainingView>().Aggregate(train, (source, technique) => technique.View(source, run));

    internal override string About(ISampleSource train, RunContext run) => $"{Title}: {base.About(train, run)}";

    /// <summary>
    /// Builds the untrained classifier: the backbone with its weights, and the head that the techniques design; a backbone with
    /// class tokens adds theirs.
    /// </summary>
    internal Classifier CreateClassifier(IReadOnlyList<string> classNames)
    {
        var designs = Techniques.OfType<IHeadDesign>().OrderByDescending(design => design is ILossTerm).ToArray();
        var backbone = Backbone.Create(classNames.Count);
        var head = Build(new HeadSpec(backbone.Channels, classNames.Count) { StageChannels = backbone.StageChannels }, designs);
        return new Classifier(backbone, backbone.ClassTokens > 0 ? new ClassTokenHead(head) : head, classNames);

        static ClassifierHead Build(HeadSpec spec, ReadOnlyMemory<IHeadDesign> designs) => designs.IsEmpty
            ? new GapHead(spec.Channels, spec.Classes)
            : designs.Span[0].BuildHead(spec, inner => Build(inner, designs[1..]));
    }
}
