// From labels to pseudo masks on drawn scenes, with the shipped weights that came with the package; the smallest scale.
using Wsss;
using Wsss.Data;
using Wsss.Pipeline;

string data = Path.Combine(AppContext.BaseDirectory, "data");
Console.WriteLine($"shipped: {string.Join(", ", Directory.GetFiles(data, "*.safetensors").Select(Path.GetFileName).Order())}");
string store = Directory.CreateTempSubdirectory().FullName;
using var study = Study.Open(Experiment.For(DataSet.Parse("menagerie", scale: "smoke")), RunContext.Open("cpu", store));
var masks = study.MakePseudoMasks();
Console.WriteLine($"{masks.Count} masks of {string.Join(", ", masks.ClassNames)} at threshold {study.Threshold:0.00}");
return masks.Count > 0 ? 0 : 1;
