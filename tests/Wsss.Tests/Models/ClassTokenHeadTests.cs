using Wsss.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Models;

public sealed class ClassTokenHeadTests
{
    [Fact]
    public void Each_token_is_a_branch_whose_score_is_the_mean_of_its_features()
    {
        using var scope = NewDisposeScope();
        var patches = new GapHead(2, 3);
        Toys.Set(patches.Weight, 1, 0, 0, 1, 1, 1);
        Toys.Set(patches.Bias, 0, 0, 4);
        using var head = new ClassTokenHead(patches);
        Tensor grid = tensor(new float[] { 1, 3, 10, 30 }, [1, 2, 1, 2]), tokens = tensor(new float[] { 2, 4, -1, 1, 5, 5 }, [1, 3, 2]);
        HeadOutput output = head.call(new Activation(grid, tokens), null);
        Assert.Equal([1f, 3, 10, 30, 11, 33], Toys.Values(output.Maps));
        Assert.Equal(2, output.Branches.Count);
        Assert.Equal([2f, 20, 26], Toys.Values(output.Branches[0]));
        Assert.Equal([3f, 0, 5], Toys.Values(output.Branches[1]));
        Assert.Equal([2.5f, 10, 15.5f], Toys.Values(output.Logits));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Any_other_number_of_tokens_is_refused(int count)
    {
        using var scope = NewDisposeScope();
        using var head = new ClassTokenHead(new GapHead(2, 3));
        var features = new Activation(zeros(1, 2, 1, 1), count == 0 ? null : zeros(1, count, 2));
        Assert.Contains($"found {count}", Assert.Throws<RecipeException>(() => head.call(features, null)).Message);
    }
}
