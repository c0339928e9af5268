using Wsss.Training;
using static TorchSharp.torch;

namespace Wsss.Tests.Training;

public sealed class ClassificationLossTests
{
    [Fact]
    public void The_loss_is_the_mean_of_the_log_likelihoods()
    {
        using var scope = NewDisposeScope();
        Tensor logits = tensor(new float[] { 2, -1, 0.5f, 0 }, [2, 2]), labels = tensor(new float[] { 1, 0, 0, 1 }, [2, 2]);
        double expected = (Softplus(-2) + Softplus(-1) + Softplus(0.5) + Softplus(0)) / 4;
        Assert.Equal(expected, ClassifierTrainer.ClassificationLoss([logits], labels).item<float>(), 1e-6);
    }

    [Fact]
    public void Soft_labels_weigh_both_sides()
    {
        using var scope = NewDisposeScope();
        Tensor loss = ClassifierTrainer.ClassificationLoss([tensor(new float[] { 1.5f }, [1, 1])], tensor(new float[] { 0.25f }, [1, 1]));
        Assert.Equal(0.25 * Softplus(-1.5) + 0.75 * Softplus(1.5), loss.item<float>(), 1e-6);
    }

    [Fact]
    public void Branches_are_averaged()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor a = randn(3, 4), b = randn(3, 4), c = randn(3, 4), labels = randint(0, 2, [3, 4]).to(float32);
        float Loss(params Tensor[] branches) => ClassifierTrainer.ClassificationLoss(branches, labels).item<float>();
        Assert.Equal((Loss(a) + Loss(b) + Loss(c)) / 3, Loss(a, b, c), 1e-6);
        Assert.Equal(Loss(a), Loss(a, a));
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor labels = tensor(new double[] { 1, 0, 0.5, 1, 0, 0 }, [2, 3]);
        Tensor other = randn(2, 3, float64);
        Toys.CheckGradient(x => ClassifierTrainer.ClassificationLoss([x, other, x * 2], labels), randn(2, 3, float64));
    }

    [Fact]
    public void Labels_of_another_shape_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.ThrowsAny<Exception>(() => ClassifierTrainer.ClassificationLoss([zeros(2, 3)], zeros(2, 4)));
    }

    private static double Softplus(double x) => Math.Log(1 + Math.Exp(x));
}
