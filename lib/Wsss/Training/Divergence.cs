namespace Wsss.Training;

/// <summary>A step at which a loss or a weight stopped being a number: what somebody needs to look at that step again.</summary>
/// <param name="Stage">Which training.</param>
/// <param name="Step">The step, from 1; a training that is resumed comes to it again with the same images, cut in the same way.</param>
/// <param name="Seed">The recipe's seed.</param>
/// <param name="Images">Names of the step's images.</param>
/// <param name="Losses">The loss terms of the step by name; empty where a weight is wrong after it.</param>
internal sealed record Divergence(
    string Stage, int Step, int Seed, IReadOnlyList<string> Images, IReadOnlyDictionary<string, double> Losses)
{
    /// <summary>Writes it beside the training's checkpoint.</summary>
    /// <param name="checkpoint">Folder of the checkpoint.</param>
    /// <param name="what">What is wrong, in words.</param>
    /// <returns>The error that ends the training.</returns>
    public RecipeException Save(string checkpoint, string what)
    {
        string path = PathOf(checkpoint), kept;
        try
        {
            AtomicFile.WriteText(path, WsssJson.Write(this));
            kept = $"The images of that step are named in '{path}'. ";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What is wrong with the training matters more than what is wrong with the disk.
            kept = $"The images of that step: {string.Join(", ", Images)}. ";
        }
        return new RecipeException(
            $"Training stopped at step {Step}: {what}. {kept}" +
            "Lower the learning rate or the weight of the term that grew, or look at these images.");
    }

    /// <summary>Removes what an earlier try has left.</summary>
    public static void Forget(string checkpoint) => File.Delete(PathOf(checkpoint));

    private static string PathOf(string checkpoint) => Path.ChangeExtension(checkpoint, ".diverged.json");
}
