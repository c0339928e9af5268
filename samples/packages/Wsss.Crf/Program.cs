// A mask with wrong pixels on an image of two colours: the CRF puts them right.
using Wsss.Crf;

const int Width = 32, Height = 24;
var rgb = new byte[3 * Width * Height];
var noisy = new byte[Width * Height];
var random = new Random(1);
for (int i = 0; i < noisy.Length; i++)
{
    bool right = i % Width >= Width / 2;
    rgb.AsSpan(3 * i, 3).Fill(right ? (byte)200 : (byte)60);
    noisy[i] = (byte)(right != random.NextDouble() < 0.15 ? 1 : 0);
}
float[] unary = CrfUnary.FromLabels(noisy, labels: 2, confidence: 0.7);
float[] q = new DenseCrf(new CrfOptions()).Infer(Width, Height, rgb, unary, labels: 2);
int Wrong(Func<int, bool> isRight) => Enumerable.Range(0, noisy.Length).Count(i => isRight(i) != i % Width >= Width / 2);
int before = Wrong(i => noisy[i] == 1), after = Wrong(i => q[noisy.Length + i] > 0.5f);
Console.WriteLine($"{before} wrong pixels before, {after} after");
return before > 0 && after == 0 ? 0 : 1;
