using Wsss.Data;

namespace Wsss.Menagerie.Drawing;

/// <summary>A picture with all that its drawing knows about it.</summary>
internal sealed record DrawnScene(Sample Sample, LabelMap Mask, SceneTruth Truth)
{
    /// <summary>Develops a painted canvas; the labels are the classes that its mask shows.</summary>
    /// <param name="id">Name of the picture.</param>
    /// <param name="canvas">With all its masks.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="random">For the light and the sensor's noise.</param>
    public static DrawnScene Of(string id, Canvas canvas, int classes, SeededRandom random)
    {
        int size = canvas.Size;
        LabelMap Map(byte[] values) => new(size, size, values);
        int[] labels = [.. Enumerable.Range(0, classes).Where(c => canvas.Classes.AsSpan().Contains((byte)(c + 1)))];
        return new DrawnScene(
            new Sample(id, new RgbImage(size, size, Light.Develop(canvas, random)), labels), Map(canvas.Classes),
            new SceneTruth(Map(canvas.Parts), Map(canvas.Objects), Map(canvas.Context)));
    }
}
