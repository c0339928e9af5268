namespace Wsss.Evaluation;

/// <summary>Truth and prediction that cannot be compared: different sizes, or labels outside the class list.</summary>
public sealed class EvaluationException(string message, Exception? inner = null) : WsssException(message, inner);
