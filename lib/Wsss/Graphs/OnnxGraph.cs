using System.Globalization;
using Google.Protobuf;
using Onnx;
using static TorchSharp.torch;

namespace Wsss.Graphs;

/// <summary>A tensor that a graph computes, or a weight.</summary>
/// <param name="Name">Its name in the graph.</param>
internal readonly record struct Value(string Name);

/// <summary>
/// The graph of a network in the ONNX format (https://onnx.ai/onnx, operators of set <see cref="OperatorSet"/>), written node by
/// node. Weights have the names of the network's state dict.
/// </summary>
/// <remarks>Belongs to one thread and to one dispose scope, in which the network's state lives while the graph is written.</remarks>
internal sealed class OnnxGraph
{
    /// <summary>The first set with layer normalisation; every runtime since 2022 knows it.</summary>
    public const int OperatorSet = 17;

    // The version of the file format that came with that set.
    private const int FormatVersion = 8;

    private readonly GraphProto _graph = new();
    private readonly Dictionary<string, Tensor> _state;
    private readonly Dictionary<nn.Module, string> _prefixes = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    /// <summary>An empty graph.</summary>
    /// <param name="network">The network whose parts will be written; stays the caller's.</param>
    public OnnxGraph(nn.Module network)
    {
        _graph.Name = network.GetName();
        _state = network.state_dict();
        _prefixes[network] = "";
        foreach ((string path, nn.Module module) in network.named_modules())
            if (path.Length > 0) _prefixes.TryAdd(module, path + ".");
    }

    /// <summary>An input of the graph, float32.</summary>
    /// <param name="name">What callers give it by.</param>
    /// <param name="shape">A number for a fixed extent, a name for one that is free.</param>
    public Value Input(string name, params string[] shape)
    {
        _graph.Input.Add(Describe(name, shape));
        return new Value(name);
    }

    /// <summary>An output of the graph, float32.</summary>
    /// <inheritdoc cref="Input"/>
    public void Output(string name, Value value, params string[] shape)
    {
        _graph.Node.Add(new NodeProto { OpType = "Identity", Name = name, Input = { value.Name }, Output = { name } });
        _graph.Output.Add(Describe(name, shape));
    }

    /// <summary>A parameter or buffer of a module, under its name in the network's state dict.</summary>
    /// <exception cref="ExportException">The module is no part of the network.</exception>
    public Value State(nn.Module module, string name)
    {
        if (!_prefixes.TryGetValue(module, out string? prefix))
            throw new ExportException(
                $"Expected {module.GetName()} to be a registered part of {_graph.Name}. Register it by register_module."
            );
        string key = prefix + name;
        if (_written.Add(key))
            _graph.Initializer.Add(Describe(key, _state[key]));
        return new Value(key);
    }

    /// <summary>A tensor that does not change; float32, float64 (written as float32) or int64.</summary>
    public Value Constant(Tensor value)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"constant_{_graph.Initializer.Count}");
        _graph.Initializer.Add(Describe(name, value));
        return new Value(name);
    }

    /// <summary>A node with one output.</summary>
    /// <param name="operation">An operator of the set.</param>
    /// <param name="inputs">Its inputs; an empty name leaves an optional one out.</param>
    /// <param name="attributes">Made by <see cref="Int"/>, <see cref="Ints"/>, <see cref="Real"/> and <see cref="Text"/>.</param>
    public Value Node(string operation, Value[] inputs, params AttributeProto[] attributes)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{operation}_{_graph.Node.Count}");
        var node = new NodeProto { OpType = operation, Name = name, Output = { name } };
        node.Input.AddRange(inputs.Select(input => input.Name));
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return new Value(name);
    }

    /// <summary>A whole number as a node's attribute.</summary>
    public static AttributeProto Int(string name, long value) =>
        new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.Int,
            I = value,
        };

    /// <summary>Whole numbers as a node's attribute.</summary>
    public static AttributeProto Ints(string name, params long[] values) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { values } };

    /// <summary>A number as a node's attribute.</summary>
    public static AttributeProto Real(string name, double value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)value };

    /// <summary>A word as a node's attribute.</summary>
    public static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    /// <summary>The finished model.</summary>
    /// <param name="metadata">Free text to keep with it; written in the order of its keys.</param>
    public ModelProto ToModel(IReadOnlyDictionary<string, string> metadata)
    {
        var model = new ModelProto
        {
            IrVersion = FormatVersion,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = OperatorSet } },
            ProducerName = "Wsss",
            ProducerVersion = Provenance.LibraryVersion,
            Graph = _graph,
        };
        model.MetadataProps.AddRange(metadata.OrderBy(item => item.Key, StringComparer.Ordinal)
            .Select(item => new StringStringEntryProto { Key = item.Key, Value = item.Value }));
        return model;
    }

    private static ValueInfoProto Describe(string name, string[] extents)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(extents.Select(extent => long.TryParse(extent, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? new TensorShapeProto.Types.Dimension { DimValue = number }
            : new TensorShapeProto.Types.Dimension { DimParam = extent }));
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape };
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static TensorProto Describe(string name, Tensor value)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        bool whole = value.dtype == ScalarType.Int64;
        Tensor plain = value.to(whole ? ScalarType.Int64 : ScalarType.Float32).cpu().contiguous();
        var type = whole ? TensorProto.Types.DataType.Int64 : TensorProto.Types.DataType.Float;
        return new TensorProto { Name = name, DataType = (int)type, Dims = { value.shape }, RawData = ByteString.CopyFrom(plain.bytes) };
    }
}
