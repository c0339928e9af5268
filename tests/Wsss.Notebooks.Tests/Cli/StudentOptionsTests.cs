using System.CommandLine;
using Wsss.Cli;
using Wsss.Data;
using Wsss.Pipeline;
using Wsss.Training;

namespace Wsss.Notebooks.Tests.Cli;

public class StudentOptionsTests
{
    [Theory]
    [InlineData("epochs=3", 3, 0)]
    [InlineData("{Epochs: 3}", 3, 0)]
    [InlineData("epochs=3,leastSteps=7", 3, 7)]
    [InlineData("patience=2", null, 100)]
    public void Epochs_that_are_given_are_no_more_for_few_images(string text, int? epochs, int leastSteps)
    {
        var options = new StudentOptions();
        var command = new Command("trains");
        options.AddTo(command, makesMasks: true);
        var plain = Experiment.For(new VocFolder { Root = "voc" }, new BackboneSpec { Weights = null }, seed: 1);
        Assert.Equal(100, plain.Segmenter.LeastSteps);
        var found = options.Apply(command.Parse(["--segmenter", text]), plain).Segmenter;
        Assert.Equal((epochs ?? plain.Segmenter.Epochs, leastSteps), (found.Epochs, found.LeastSteps));
    }
}
