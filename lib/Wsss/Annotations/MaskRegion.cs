using Wsss.Data;

namespace Wsss.Annotations;

/// <summary>The pixels of one label: their number and the smallest rectangle around them.</summary>
/// <param name="Left">Its first column.</param>
/// <param name="Top">Its first row.</param>
/// <param name="Width">Its columns; 0 where no pixel has the label.</param>
/// <param name="Height">Its rows; 0 where no pixel has the label.</param>
/// <param name="Area">Pixels of the label.</param>
internal sealed record MaskRegion(int Left, int Top, int Width, int Height, int Area)
{
    public static MaskRegion Of(LabelMap mask, byte label)
    {
        int left = mask.Width, top = mask.Height, right = -1, bottom = -1, area = 0;
        for (int y = 0; y < mask.Height; y++)
        {
            for (int x = 0; x < mask.Width; x++)
            {
                if (mask.Values[y * mask.Width + x] != label) continue;
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), y);
                area++;
            }
        }
        return area == 0 ? new MaskRegion(0, 0, 0, 0, 0) : new MaskRegion(left, top, right - left + 1, bottom - top + 1, area);
    }
}
