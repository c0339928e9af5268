using System.Reflection;

namespace Wsss.Registry;

/// <summary>A member of a family.</summary>
/// <param name="Name">Its name in files, commands and tables.</param>
/// <param name="Summary">One line about it; empty for one that only was defined, such as in a notebook's cell.</param>
/// <param name="Order">Its place in lists.</param>
/// <param name="Type">Its type.</param>
internal sealed record FamilyMember(string Name, string Summary, int Order, Type Type)
{
    private PropertyInfo? Instance { get; init; }

    /// <summary>With the published options, the defaults of its properties.</summary>
    public object Published => Instance?.GetValue(null) ?? Activator.CreateInstance(Type)!;

    /// <summary>With the options that were chosen on validation for data of a kind; null where there are none.</summary>
    public object? Suggested(DataKind? kind) =>
        kind is null
            ? null
            : Type.GetProperties(BindingFlags.Public | BindingFlags.Static)
                .FirstOrDefault(property => property.GetCustomAttributes<SuggestedAttribute>().Any(attribute => attribute.Kind == kind))
                ?.GetValue(null);

    /// <summary>The members of a family that an assembly defines.</summary>
    internal static IEnumerable<FamilyMember> In(Assembly assembly, Type family)
    {
        // Other people's assemblies hold no members, and there are many of them.
        string own = family.Assembly.GetName().Name!;
        if (
            assembly != family.Assembly
            && (assembly.IsDynamic || assembly.GetReferencedAssemblies().All(reference => reference.Name != own))
        )
            yield break;
        foreach (Type type in TypesOf(assembly))
        {
            if (!type.IsAbstract && type.IsSubclassOf(family) && !type.ContainsGenericParameters)
                yield return Of(type.GetCustomAttribute<RegisteredAttribute>(), type.Name, type);
            foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            {
                if (property.PropertyType == family && property.GetCustomAttribute<RegisteredAttribute>() is { } attribute)
                    yield return Of(attribute, property.Name, family) with
                    {
                        Instance = property,
                    };
            }
        }
    }

    private static FamilyMember Of(RegisteredAttribute? attribute, string name, Type type) =>
        new(attribute?.Name ?? name, attribute?.Summary ?? "", attribute?.Order ?? int.MaxValue, type);

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try { return assembly.GetTypes(); }
        catch (ReflectionTypeLoadException error) { return error.Types.OfType<Type>(); }
    }
}
