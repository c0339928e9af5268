// From a table of labels to masks: dotnet run --project samples/CsvToMasks -- PHOTOGRAPHS LABELS.csv MASKS [BACKBONE WEIGHTS]
using Wsss;
using Wsss.Data;
using Wsss.Pipeline;
using Wsss.Training;

if (args.Length is not (3 or 5))
{
    Console.Error.WriteLine(
        "Expected PHOTOGRAPHS LABELS.csv MASKS [BACKBONE WEIGHTS], such as pictures labels.csv out/masks mobilenet_v2 mobilenet_v2.pth"
    );
    return 2;
}
var data = new PhotographFolder { Root = args[0], Labels = args[1] };
// Without a backbone of one's own the one for drawn scenes: quick to try, of little use on photographs.
var backbone = args.Length == 5 ? BackboneSpec.Parse(args[3], args[4]) : new BackboneSpec();
var progress = new Progress<WorkProgress>(step => Console.Error.WriteLine($"{step.Stage} {step.Done}/{step.Total}"));
using var study = Study.Open(Experiment.For(data, backbone), RunContext.Open() with { Progress = progress });

var masks = study.MakePseudoMasks();
for (int i = 0; i < masks.Count; i++) ImageFile.WriteMask(Path.Combine(args[2], masks.Id(i) + ".png"), masks.Mask(i));
Console.WriteLine(
    $"{masks.Count} masks of {string.Join(", ", masks.ClassNames)} at threshold {study.Threshold:0.00} (by "
        + $"{study.ThresholdChoice.Rule}): {args[2]}"
);
return 0;
