using Wsss.Refinement;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class PamrTests
{
    [Fact]
    public void On_a_constant_image_each_pixel_takes_the_plain_mean_of_its_neighbours()
    {
        using var scope = NewDisposeScope();
        Tensor scores = arange(9, float32).reshape(1, 1, 3, 3);
        float[] found = Toys.Values(new Pamr { Iterations = 1, Dilations = [1] }.Refine(full([1, 3, 3, 3], 7f), scores));
        // The middle: (0 + … + 8 − 4) / 8. The corner 0, borders repeated: (0·3 + 1·2 + 3·2 + 4) / 8.
        Assert.Equal(4, found[4], 1e-5f);
        Assert.Equal(1.5f, found[0], 1e-5f);
    }

    [Fact]
    public void Two_neighbours_by_hand()
    {
        // One row of three pixels, dilation 1: above and below repeat the row, so that each of left, middle, right counts 3, 2, 3.
        float[] x = [0, 0, 1], m = [1, 0, 0];
        using var scope = NewDisposeScope();
        Tensor image = tensor(x, [1, 1, 1, 3]).expand(1, 3, 1, 3).contiguous();
        float found = Toys.Values(new Pamr { Iterations = 1, Dilations = [1] }.Refine(image, tensor(m, [1, 1, 1, 3])))[1];
        double mean = 3.0 / 9, deviation = Math.Sqrt((6 * mean * mean + 3 * (1 - mean) * (1 - mean)) / 8);
        double far = Math.Exp(-1 / (0.1 * deviation)), sum = 3 + 2 + 3 * far;
        Assert.Equal(3 / sum, found, 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1, 2)]
    public void Colours_that_differ_by_a_tenth_of_the_deviation_by_hand(params int[] dilations)
    {
        // One row of three pixels, whose middle has the outer ones as neighbours at both dilations; the right one is far off.
        float[] x = [0.55f, 0.5f, 1.5f], m = [1, 0, 0];
        using var scope = NewDisposeScope();
        Tensor image = tensor(x, [1, 1, 1, 3]).expand(1, 3, 1, 3).contiguous();
        float found = Toys.Values(new Pamr { Iterations = 1, Dilations = dilations }.Refine(image, tensor(m, [1, 1, 1, 3])))[1];
        // Of each dilation three pixels of each colour, the middle itself among them.
        double squares = 3 * (0.3 * 0.3 + 0.35 * 0.35 + 0.65 * 0.65) * dilations.Length;
        double near = Math.Exp(-0.05 / (0.1 * Math.Sqrt(squares / (9 * dilations.Length - 1))));
        Assert.Equal(3 * near / (3 * near + 2), found, 1e-5);
    }

    [Fact]
    public void Scores_stay_on_their_side_of_an_edge()
    {
        using var scope = NewDisposeScope();
        Tensor image = zeros(1, 3, 12, 12), scores = zeros(1, 1, 12, 12);
        image[.., .., .., 6..] = 255;
        scores[.., .., 3..9, 2..6] = 1;
        scores[.., .., 5, 8] = 1; // a wrong pixel on the other side
        float[] found = Toys.Values(new Pamr { Dilations = [1, 2, 4] }.Refine(image, scores));
        Assert.True(found[5 * 12 + 3] > 0.2, $"{found[5 * 12 + 3]} inside");
        Assert.True(found[5 * 12 + 8] < 0.1, $"{found[5 * 12 + 8]} beyond the edge");
    }

    [Fact]
    public void It_is_a_mean_and_knows_no_scale_of_colours()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor image = rand(2, 3, 9, 7), scores = rand(2, 2, 9, 7);
        var pamr = new Pamr { Iterations = 3, Dilations = [1, 3] };
        Tensor refined = pamr.Refine(image, scores);
        Assert.True(refined.max().item<float>() <= scores.max().item<float>() && refined.min().item<float>() >= scores.min().item<float>());
        Assert.True(allclose(refined, pamr.Refine(image * 255, scores), 1e-3, 1e-5));
        Assert.True(allclose(ones(2, 1, 9, 7), pamr.Refine(image, ones(2, 1, 9, 7)), 1e-5, 1e-6));
        Assert.True(allclose(refined[1..], pamr.Refine(image[1..], scores[1..]), 1e-6, 1e-7));
    }

    [Fact]
    public void A_flipped_image_gives_flipped_scores()
    {
        using var scope = NewDisposeScope();
        Tensor image = rand(1, 3, 8, 10), scores = rand(1, 1, 8, 10);
        Assert.True(allclose(new Pamr().Refine(image, scores).flip(3), new Pamr().Refine(image.flip(3), scores.flip(3)), 1e-4, 1e-6));
    }

    [Fact]
    public void No_iteration_gives_back_the_scores()
    {
        using var scope = NewDisposeScope();
        Tensor scores = rand(1, 2, 4, 4);
        Assert.True(allclose(scores, new Pamr { Iterations = 0 }.Refine(rand(1, 3, 4, 4), scores), 0, 0));
    }

    [Fact]
    public void Wrong_input_is_an_error()
    {
        using var scope = NewDisposeScope();
        Tensor image = rand(1, 3, 4, 4), scores = rand(1, 1, 4, 5);
        Assert.Contains("[1, 1, 4, 5]", Assert.Throws<ArgumentException>(() => new Pamr().Refine(image, scores)).Message);
        Assert.Throws<RecipeException>(() => new Pamr { Iterations = -1 }.Refine(image, image));
        Assert.Throws<RecipeException>(() => new Pamr { Dilations = [] }.Refine(image, image));
        Assert.Throws<RecipeException>(() => new Pamr { Dilations = [0] }.Refine(image, image));
    }

    [Fact]
    public void Nothing_is_left_behind_and_no_gradient_flows()
    {
        using Tensor image = rand(1, 3, 6, 6), scores = rand(1, 2, 6, 6).requires_grad_();
        long before = Toys.LiveTensors;
        using (Tensor refined = new Pamr().Refine(image, scores)) Assert.False(refined.requires_grad);
        Assert.Equal(before, Toys.LiveTensors);
    }
}
