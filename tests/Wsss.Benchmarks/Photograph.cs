using Wsss.Data;
using Wsss.Menagerie;

namespace Wsss.Benchmarks;

/// <summary>Images of the size of a photograph: drawn scenes side by side.</summary>
internal static class Photograph
{
    public const int Width = 500, Height = 375;
    private const int SceneSize = 125;

    /// <summary>A mosaic of drawn scenes.</summary>
    public static RgbImage Drawn(int width, int height, int first = 0)
    {
        int columns = width / SceneSize, rows = height / SceneSize;
        var scenes = new DrawnScenes("benchmark", first + columns * rows, new DrawnSceneOptions { Size = SceneSize });
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < columns * rows; i++)
        {
            byte[] scene = scenes.Load(first + i).Image.Pixels;
            for (int y = 0; y < SceneSize; y++)
            {
                int at = (i / columns * SceneSize + y) * width + i % columns * SceneSize;
                scene.AsSpan(3 * y * SceneSize, 3 * SceneSize).CopyTo(pixels.AsSpan(3 * at));
            }
        }
        return new RgbImage(width, height, pixels);
    }

    /// <summary>JPEG files of such images, each with the first of so many classes, in a folder that goes with it.</summary>
    public sealed class Folder : ISampleSource, IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("wsss-benchmark-").FullName;

        public Folder(int count, int classes)
        {
            (Count, ClassNames) = (count, [.. Enumerable.Range(0, classes).Select(i => $"class {i}")]);
            for (int i = 0; i < count; i++) ImageFile.WriteJpeg(PathOf(i), Drawn(Width, Height, first: i));
        }

        public string Name => "benchmark";

        public IReadOnlyList<string> ClassNames { get; }

        public int Count { get; }

        public string Fingerprint => "benchmark";

        public string Id(int index) => $"{index}";

        public IReadOnlyList<int> Labels(int index) => [0];

        public Sample Load(int index) => new(Id(index), ImageFile.ReadRgb(PathOf(index)), Labels(index));

        public void Dispose() => Directory.Delete(_path, recursive: true);

        private string PathOf(int index) => Path.Combine(_path, $"{index}.jpg");
    }
}
