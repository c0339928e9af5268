// A mask over a picture that ImageSharp holds.
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using Wsss.Data;
using Wsss.ImageSharp;

using var picture = new Image<Rgb24>(16, 16, new Rgb24(90, 90, 90));
var mask = new LabelMap(16, 16, [.. Enumerable.Range(0, 256).Select(i => (byte)(i % 16 < 8 ? 0 : 1))]);
using Image<Rgb24> shown = picture.WithMask(mask);
shown.SaveAsPng("overlay.png");
using Image<L8> grey = mask.ToImageSharp();
bool same = grey.ToLabelMap().Values.SequenceEqual(mask.Values) && picture.ToRgbImage().Pixels.All(value => value == 90);
Console.WriteLine($"background {shown[4, 8]}, class {shown[12, 8]}, there and back the same: {same}");
return same && shown[12, 8] != shown[4, 8] ? 0 : 1;
