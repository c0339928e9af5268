using Wsss.Crf;
using Wsss.Refinement;
using Wsss.Tests.Crf;
using Wsss.Tests.Models;
using static TorchSharp.torch;

namespace Wsss.Tests.Refinement;

public sealed class TensorCrfTests
{
    // 3 GB and some seconds, as the photograph has 19,200 pixels; the iterations before the tenth are in it.
    [Fact]
    public void Equals_the_numpy_array()
    {
        using Tensor expected = ParityFiles.Npy("crf_q_exact_iter10");
        Assert.Equal(expected.data<float>().ToArray(), Marginals(CrfScene.Parity(), new()), (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Theory]
    [InlineData(5, 4, 3)]
    [InlineData(23, 17, 9)]
    public void Equals_the_form_on_arrays(int width, int height, int labels)
    {
        int[] all = [.. Enumerable.Range(0, labels)];
        CrfOptions both = new()
        {
            Iterations = 3,
            Gaussian = new() { Sigma = 1.5, Weight = 2 },
            Bilateral = new() { SigmaXy = 4, SigmaRgb = 60 },
        };
        CrfOptions[] variants =
        [
            both,
            both with
            {
                Bilateral = null,
            },
            both with
            {
                Gaussian = null,
            },
            both with
            {
                Compatibility = [.. all.Select(a => all.Select(b => 0.2f * Math.Abs(a - b)).ToArray())],
            },
        ];
        CrfScene scene = CrfScene.Random(width, height, labels);
        foreach (CrfOptions each in variants)
            Assert.Equal(scene.Exact(each), Marginals(scene, each), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_batch_is_its_images_one_by_one(bool bilateral)
    {
        using var scope = NewDisposeScope();
        var crf = new TensorCrf(bilateral ? new CrfOptions() : new CrfOptions { Bilateral = null });
        Tensor unary = rand(3, 4, 7, 9) * 3, images = rand(3, 3, 7, 9) * 255;
        Tensor[] single = [.. Enumerable.Range(0, 3).Select(i => crf.Infer(unary[i..(i + 1)], images[i..(i + 1)]))];
        Tensor batch = crf.Infer(unary, images);
        Assert.Equal([3, 4, 7, 9], batch.shape);
        Assert.True(allclose(cat(single), batch, 1e-4, 1e-5));
        Assert.True(allclose(ones(3, 7, 9), batch.sum(1), 1e-5, 1e-5));
    }

    [Fact]
    public void No_gradient_flows_through_it()
    {
        using var scope = NewDisposeScope();
        Tensor unary = rand(1, 2, 5, 5).requires_grad_();
        Assert.False(new TensorCrf(new()).Infer(unary, rand(1, 3, 5, 5) * 255).requires_grad);
    }

    [Fact]
    public void No_tensor_survives_but_the_result()
    {
        using Tensor unary = rand(2, 3, 6, 5), images = rand(2, 3, 6, 5);
        var crf = new TensorCrf(new() { Compatibility = [[0, 1, 1], [1, 0, 1], [1, 1, 0]] });
        long before = Toys.LiveTensors;
        using (crf.Infer(unary, images)) Assert.Equal(before + 1, Toys.LiveTensors);
        Assert.Equal(before, Toys.LiveTensors);
        using (Tensor broken = unary / 0) Assert.Throws<ArgumentException>(() => crf.Infer(broken, images));
        Assert.Equal(before, Toys.LiveTensors);
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        using var scope = NewDisposeScope();
        var crf = new TensorCrf(new());
        Assert.Throws<ArgumentException>(() => crf.Infer(rand(1, 2, 4, 5), rand(1, 3, 5, 4)));
        Assert.Throws<ArgumentException>(() => crf.Infer(rand(1, 2, 4, 5), rand(2, 3, 4, 5)));
        Assert.Throws<ArgumentException>(() => crf.Infer(rand(2, 4, 5), rand(3, 4, 5)));
        Assert.Throws<ArgumentException>(() => crf.Infer(rand(1, 2, 4, 5), zeros(1, 3, 4, 5, uint8)));
        Assert.Throws<ArgumentException>(() => crf.Infer(tensor(float.NaN).expand(1, 2, 4, 5), rand(1, 3, 4, 5)));
        Assert.Throws<ArgumentException>(() =>
            new TensorCrf(
                new()
                {
                    Compatibility =
                    [
                        [0, 1],
                        [1, 0],
                    ],
                }
            ).Infer(rand(1, 3, 4, 5), rand(1, 3, 4, 5))
        );
        Assert.Throws<RecipeException>(() => new TensorCrf(new() { Gaussian = null, Bilateral = null }));
        string message = Assert.Throws<WsssException>(() => crf.Infer(zeros(1, 2, 375, 500), zeros(1, 3, 375, 500))).Message;
        Assert.Contains("DenseCrf", message);
    }

    private static float[] Marginals(CrfScene scene, CrfOptions options)
    {
        using var scope = NewDisposeScope();
        (int width, int height) = (scene.Image.Width, scene.Image.Height);
        Tensor unary = tensor(scene.Unary, 1, scene.Labels, height, width);
        Tensor image = tensor(scene.Image.Pixels, height, width, 3).permute(2, 0, 1).unsqueeze(0).to(float32);
        return Toys.Values(new TensorCrf(options).Infer(unary, image));
    }
}
