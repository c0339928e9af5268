using Wsss.Data;

namespace Wsss.Notebooks.Reviews;

/// <summary>How much of an image is undecided at a threshold: the share of its pixels whose strongest map is within 0.05 of it.</summary>
internal static class MapDoubt
{
    private const int Steps = 100;

    // 0.05 in units of 1/(100·255), in which thresholds of hundredths and maps of 8 bits are whole numbers.
    private const int Reach = 5 * byte.MaxValue;

    /// <summary>Thousandths of the pixels at each threshold 0, 0.01, … 1.</summary>
    /// <param name="planes">The maps in 8 bits, of one size; without any, nothing is in doubt.</param>
    public static int[] Of(IReadOnlyList<LabelMap> planes)
    {
        int[] counts = new int[byte.MaxValue + 1], near = new int[Steps + 1];
        int pixels = planes.Count == 0 ? 0 : planes[0].Values.Length;
        for (int i = 0; i < pixels; i++)
        {
            byte strongest = 0;
            foreach (var plane in planes) strongest = Math.Max(strongest, plane.Values[i]);
            counts[strongest]++;
        }
        for (int step = 0; pixels > 0 && step <= Steps; step++)
        {
            long sum = 0;
            for (int score = 0; score < counts.Length; score++)
                if (Math.Abs(Steps * score - byte.MaxValue * step) <= Reach) sum += counts[score];
            near[step] = (int)(1000 * sum / pixels);
        }
        return near;
    }
}
