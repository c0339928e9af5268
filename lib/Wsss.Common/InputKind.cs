namespace Wsss;

/// <summary>What a file of somebody else's is read as, which decides how large it may be.</summary>
/// <param name="Noun">What messages call it.</param>
/// <param name="MostBytes">A larger file is refused before any of it is read.</param>
internal sealed record InputKind(string Noun, long MostBytes)
{
    /// <summary>JSON or YAML that stands for one thing: a recipe, a grid, a result, class names.</summary>
    public static InputKind Document { get; } = new("a text file", 16 << 20);

    /// <summary>The annotation of one image.</summary>
    public static InputKind Annotation { get; } = new("an annotation", 4 << 20);

    /// <summary>A list or a table with a line or an entry per image.</summary>
    public static InputKind List { get; } = new("a list or table", 64 << 20);

    /// <summary>One file with the polygons of a whole data set; COCO's largest has half of this.</summary>
    public static InputKind Polygons { get; } = new("a file of annotations", 1 << 30);

    /// <summary>A photograph, mask or map as a picture.</summary>
    public static InputKind Image { get; } = new("an image", 1 << 30);

    /// <summary>Numbers of NumPy, or an archive of them.</summary>
    public static InputKind Array { get; } = new("a NumPy file", 1 << 30);

    /// <summary>A notebook with its outputs.</summary>
    public static InputKind Notebook { get; } = new("a notebook", 256 << 20);

    /// <summary>A program for browsers, or a part of one.</summary>
    public static InputKind Script { get; } = new("a script", 256 << 20);

    /// <summary>A file of which parts are read where they are wanted: of any size.</summary>
    public static InputKind Weights { get; } = new("a weight file", long.MaxValue);
}
