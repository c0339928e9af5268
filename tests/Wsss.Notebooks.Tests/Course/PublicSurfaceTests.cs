using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Wsss.Registry;
using Wsss.Tests;

namespace Wsss.Notebooks.Tests.Course;

public sealed partial class PublicSurfaceTests
{
    // The compiler's own types around extension blocks have names that no program can write.
    private static readonly Type[] Public =
        [.. typeof(RunContext).Assembly.GetExportedTypes().Where(type => !type.FullName!.Contains('<'))];

    [Fact]
    public void A_public_type_is_one_that_readers_programs_get_into_their_hands()
    {
        HashSet<string> words = [.. ReadersCode().SelectMany(code => Word().Matches(code).Select(word => word.Value))];
        var reached = new HashSet<Type>();
        var next = new Queue<Type>(
            Public.Where(type => IsChosenByName(type) || type.IsSubclassOf(typeof(Exception)) || IsWritten(type, words)));
        Assert.True(next.Count > 100, $"Expected the types of the notebooks' code, found {next.Count}.");
        while (next.TryDequeue(out Type? type))
        {
            if (!reached.Add(type)) continue;
            foreach (Type shown in Shown(type).SelectMany(Parts).Where(part => Public.Contains(part))) next.Enqueue(shown);
        }
        Assert.Equal("", string.Join(" ", Public.Except(reached).Select(type => type.FullName)));
    }

    [Fact]
    public void What_a_member_shows_is_found_inside_arrays_generics_and_tuples() =>
        Assert.Equal(
            [typeof(RunContext), typeof(Provenance)],
            Parts(typeof(IReadOnlyList<(RunContext[], Dictionary<int, Provenance>)>)).Where(Public.Contains));

    /// <summary>Code of the notebooks, of the samples, and of the documents' C# blocks.</summary>
    private static IEnumerable<string> ReadersCode() =>
    [
        .. CourseFiles.Notebooks.SelectMany(name => CourseFiles.Load(name).Cells.Where(cell => cell.IsCode).Select(cell => cell.Source)),
        .. Directory.EnumerateFiles(ProjectFolder.At("samples"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText),
        .. Directory.EnumerateFiles(ProjectFolder.At("docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(ProjectFolder.Root, "*.md"))
            .SelectMany(CourseFiles.CSharpBlocks),
    ];

    /// <summary>Members of families, what they are made with, and what a new member needs.</summary>
    private static bool IsChosenByName(Type type) =>
        type.IsDefined(typeof(RegisteredAttribute)) || type.IsDefined(typeof(FamilyAttribute), false)
        || type.GetProperties(BindingFlags.Public | BindingFlags.Static).Any(property => property.IsDefined(typeof(RegisteredAttribute)))
        || type == typeof(RegisteredAttribute) || type == typeof(SuggestedAttribute)
        // The checks that are woven into cells name it.
        || type == typeof(Interruption);

    private static bool IsWritten(Type type, HashSet<string> words) =>
        words.Contains(type.Name.Split('`')[0])
        || type.IsDefined(typeof(ExtensionAttribute)) && type.GetMethods().Any(method => words.Contains(method.Name));

    /// <summary>Types that a type's bases and its public and protected members name.</summary>
    private static IEnumerable<Type> Shown(Type type)
    {
        if (type.BaseType is { } parent) yield return parent;
        foreach (Type contract in type.GetInterfaces()) yield return contract;
        const BindingFlags all =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (MethodBase method in type.GetMethods(all).Concat<MethodBase>(type.GetConstructors(all)))
        {
            if (!method.IsPublic && !method.IsFamily && !method.IsFamilyOrAssembly) continue;
            foreach (ParameterInfo parameter in method.GetParameters()) yield return parameter.ParameterType;
            if (method is MethodInfo { ReturnType: var result }) yield return result;
        }
        foreach (FieldInfo field in type.GetFields(all).Where(field => field.IsPublic || field.IsFamily)) yield return field.FieldType;
    }

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition())
        : [type];

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
