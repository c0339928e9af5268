using Wsss.Data;
using Wsss.Figures;
using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Figures;

public sealed class StepViewTests
{
    [Fact]
    public void A_channel_of_a_grid_lies_where_the_network_says()
    {
        using var scope = NewDisposeScope();
        ISampleSource source = Toys.Blobs(2, width: 32, height: 24);
        using Classifier network = Toys.Recipe.CreateClassifier(source.ClassNames);
        var view = new StepView(source.LoadAll(), network, CPU);
        Assert.Equal([2, 3, 24, 32], view.Images.shape);
        Assert.Equal(
            Enumerable.Range(0, 2).Select(i => source.Labels(i).Count),
            view.Labels.sum(1).data<float>().ToArray().Select(sum => (int)sum)
        );
        var output = network.call(view.Images, null);
        var shown = view.Maps(output.Maps.relu());
        Assert.All(shown, maps => Assert.Equal((32, 24, 1), (maps.Width, maps.Height, maps.Classes.Count)));
        Assert.Equal(view.Maps(output.Maps.relu(), sample => sample.Labels[0])[0].Values, shown[0].Values);
    }

    [Fact]
    public void Images_of_two_sizes_are_refused()
    {
        ISampleSource source = Toys.Blobs(1);
        using Classifier network = Toys.Recipe.CreateClassifier(source.ClassNames);
        Sample[] samples = [source.Load(0), Toys.Blobs(1, width: 41, height: 27).Load(0)];
        Assert.Contains("41×27", Assert.Throws<DataSetException>(() => new StepView(samples, network, CPU)).Message);
    }
}
