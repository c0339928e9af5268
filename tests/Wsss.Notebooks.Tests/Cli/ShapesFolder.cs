using Wsss.Data;

namespace Wsss.Notebooks.Tests.Cli;

/// <summary>A tiny data set in PASCAL VOC layout: discs and bars of 32 pixels, 8 or more to train, 4 to validate, 4 to test.</summary>
internal static class ShapesFolder
{
    private const int Side = 32;

    public static void Write(string folder, int train = 8) =>
        VocWriter.Write(folder, new DataSplits(new Shapes("train", train), new Shapes("tune", 4), new Shapes("val", 4)));

    private sealed class Shapes(string name, int count) : IMaskedSource
    {
        public string Name => name;

        public IReadOnlyList<string> ClassNames => ["disc", "bar"];

        public int Count => count;

        public string Fingerprint => name;

        public string Id(int index) => $"{name}_{index}";

        public IReadOnlyList<int> Labels(int index) => [index % 2];

        public Sample Load(int index)
        {
            byte[] mask = Mask(index).Values, pixels = new byte[3 * Side * Side];
            int label = index % 2;
            for (int i = 0; i < mask.Length; i++)
            {
                for (int channel = 0; channel < 3; channel++)
                    pixels[3 * i + channel] = (byte)(mask[i] > 0 ? 60 + 130 * (channel == label ? 1 : 0) : 100 + 20 * channel + i % 16);
            }
            return new Sample(Id(index), new RgbImage(Side, Side, pixels), [label]);
        }

        public bool HasMask(int index) => true;

        public LabelMap Mask(int index)
        {
            byte[] mask = new byte[Side * Side];
            int centre = 10 + 3 * (index % 4), label = index % 2;
            for (int i = 0; i < mask.Length; i++)
            {
                (int x, int y) = (i % Side - centre, i / Side - centre);
                if (label == 0 ? x * x + y * y < 60 : Math.Abs(y) < 3 && Math.Abs(x) < 10) mask[i] = (byte)(label + 1);
            }
            return new LabelMap(Side, Side, mask);
        }

        public SceneTruth? Truth(int index) => null;
    }
}
