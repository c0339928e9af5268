namespace Wsss;

/// <summary>How far a long piece of work is; every long-running method reports this.</summary>
/// <param name="Stage">What is being done, such as <c>train classifier</c>.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all.</param>
/// <param name="Detail">What changes as it goes, such as <c>epoch 2/5, loss 0.213</c>.</param>
public sealed record WorkProgress(string Stage, long Done, long Total, string? Detail = null);
