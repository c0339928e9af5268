using System.Reflection;

namespace Wsss.Evaluation;

/// <summary>The measures that the loaded assemblies define.</summary>
public static class Measures
{
    /// <summary>A line for each, in the order of their columns.</summary>
    public static IReadOnlyList<string> Summaries() => [.. Types().Select(found => found.Attribute.Summary)];

    /// <summary>One of each, that has seen nothing, in the order of their columns.</summary>
    /// <param name="labelCount">Number of labels, background included.</param>
    /// <exception cref="EvaluationException">A measure has neither of the constructors that it may have.</exception>
    internal static IReadOnlyList<Measure> Create(int labelCount) => [.. Types().Select(found => Create(found.Type, labelCount))];

    private static Measure Create(Type type, int labelCount)
    {
        if (type.GetConstructor([typeof(int)]) is { } ofLabels) return (Measure)ofLabels.Invoke([labelCount]);
        if (type.GetConstructor([]) is { } plain) return (Measure)plain.Invoke([]);
        throw new EvaluationException(
            $"Expected the measure {type.Name} to have a public constructor that takes nothing, or the number of labels; found neither.");
    }

    // A cell that is run again defines the type anew: the newest definition counts.
    private static IEnumerable<(Type Type, MeasureAttribute Attribute)> Types() =>
        AppDomain.CurrentDomain.GetAssemblies()
            .Where(MayDefineMeasures)
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Measure)))
            .Select(type => (Type: type, Attribute: type.GetCustomAttribute<MeasureAttribute>()!))
            .Where(found => found.Attribute is not null)
            .GroupBy(found => found.Type.Name)
            .Select(definitions => definitions.Last())
            .OrderBy(found => found.Attribute.Order)
            .ThenBy(found => found.Type.Name, StringComparer.Ordinal);

    private static bool MayDefineMeasures(Assembly assembly)
    {
        var library = typeof(Measure).Assembly.GetName();
        // Assemblies that are being emitted, such as proxies, cannot be asked what they refer to.
        if (assembly.IsDynamic) return false;
        return assembly.GetReferencedAssemblies().Prepend(assembly.GetName()).Any(name => name.Name == library.Name);
    }
}
