using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Wsss.Notebooks.Tests.Reviews;

/// <summary>
/// A browser without a window that a test drives by Chromium's DevTools protocol. (Playwright would do the same; its package brings
/// 0.8 GB of drivers to everybody who builds the solution.)
/// </summary>
internal sealed partial class Chromium : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = new();
    private int _last;

    private Chromium(Process process) => _process = process;

    /// <summary>The program: <c>CHROMIUM</c>, or Debian's; null if there is none.</summary>
    public static string? Program =>
        new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium" }.FirstOrDefault(path => File.Exists(path));

    /// <summary>What pages asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Errors of scripts, what did not load or the content security policy refused, and dialogs.</summary>
    public ConcurrentQueue<string> Complaints { get; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<Chromium> StartAsync(string profile)
    {
        Assert.SkipWhen(Program is null, "There is no browser: set CHROMIUM to the path of Chromium, or install /usr/bin/chromium.");
        string[] arguments =
        [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
            "--remote-debugging-port=0",
            $"--user-data-dir={profile}",
            "about:blank",
        ];
        var browser = new Chromium(
            Process.Start(new ProcessStartInfo(Program!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!
        );
        try
        {
            await browser.ConnectAsync();
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
        return browser;
    }

    /// <summary>Opens a file and waits until it is loaded.</summary>
    public async Task OpenAsync(string path)
    {
        await SendAsync("Page.navigate", new JsonObject { ["url"] = new Uri(path).AbsoluteUri });
        await WaitAsync("document.readyState === 'complete' && location.protocol === 'file:'");
    }

    /// <summary>The value of an expression of the page; promises are awaited.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
    {
        var answer = await SendAsync(
            "Runtime.evaluate",
            new JsonObject
            {
                ["expression"] = expression,
                ["returnByValue"] = true,
                ["awaitPromise"] = true,
                ["userGesture"] = true,
            }
        );
        if (answer["exceptionDetails"] is { } error)
            throw new InvalidOperationException($"{expression}: {error}");
        return answer["result"]!["value"].Deserialize<T>()!;
    }

    /// <summary>Waits until an expression of the page is true.</summary>
    public async Task WaitAsync(string condition)
    {
        var clock = Stopwatch.StartNew();
        while (!await EvaluateAsync<bool>($"Boolean({condition})"))
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(1))
                throw new TimeoutException($"Expected in a minute: {condition}. The browser said: {string.Join("; ", Complaints)}");
            await Task.Delay(20, Cancellation);
        }
    }

    /// <summary>Presses and releases keys, one after the other.</summary>
    public async Task PressAsync(params string[] keys)
    {
        foreach (string key in keys)
        {
            var down = new JsonObject { ["type"] = "keyDown", ["key"] = key };
            if (key.Length == 1) down["text"] = key;
            await SendAsync("Input.dispatchKeyEvent", down);
            await SendAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyUp", ["key"] = key });
        }
    }

    /// <summary>Where downloads go.</summary>
    public Task DownloadToAsync(string folder) =>
        SendAsync("Browser.setDownloadBehavior", new JsonObject { ["behavior"] = "allow", ["downloadPath"] = folder });

    public Task ResizeAsync(int width, int height) =>
        SendAsync(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject
            {
                ["width"] = width,
                ["height"] = height,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = false,
            }
        );

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _socket.Dispose();
    }

    private async Task ConnectAsync()
    {
        Match? address = null;
        var seen = new List<string>();
        while (address is not { Success: true })
        {
            string line =
                await _process.StandardError.ReadLineAsync(Cancellation)
                ?? throw new InvalidOperationException($"Expected {Program} to listen, it ended: {string.Join('\n', seen)}");
            seen.Add(line);
            address = Listening().Match(line);
        }
        // Nobody reads the rest, and a full pipe would stop the browser.
        _ = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var http = new HttpClient();
        var targets = JsonNode
            .Parse(await http.GetStringAsync($"http://127.0.0.1:{address.Groups[1].Value}/json/list", Cancellation))!
            .AsArray();
        string page = targets.First(target => (string?)target!["type"] == "page")!["webSocketDebuggerUrl"]!.GetValue<string>();
        await _socket.ConnectAsync(new Uri(page), Cancellation);
        _ = Task.Run(ListenAsync);
        foreach (string domain in (string[])["Page", "Runtime", "Network", "Log"])
            await SendAsync($"{domain}.enable");
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = Interlocked.Increment(ref _last);
        var answer = _waiting[id] = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        return await answer.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
    }

    private async Task ListenAsync()
    {
        byte[] buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        while (_socket.State == WebSocketState.Open)
        {
            WebSocketReceiveResult part;
            try
            {
                part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
            }
            catch (Exception error) when (error is WebSocketException or ObjectDisposedException)
            {
                return;
            }
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage) continue;
            var node = JsonNode.Parse(message.ToArray());
            message.SetLength(0);
            if (node is not null) Hear(node);
        }
    }

    private void Hear(JsonNode message)
    {
        if (message["id"]?.GetValue<int>() is { } id)
        {
            if (!_waiting.TryRemove(id, out var answer))
                return;
            if (message["error"] is { } error)
                answer.SetException(new InvalidOperationException(error.ToJsonString()));
            else
                answer.SetResult(message["result"]!);
            return;
        }
        var parameters = message["params"]!;
        switch ((string?)message["method"])
        {
            case "Network.requestWillBeSent":
                Requests.Enqueue((string)parameters["request"]!["url"]!);
                break;
            case "Runtime.exceptionThrown":
                Complaints.Enqueue(parameters["exceptionDetails"]!.ToJsonString());
                break;
            case "Log.entryAdded" when (string?)parameters["entry"]!["level"] == "error":
                Complaints.Enqueue((string)parameters["entry"]!["text"]!);
                break;
            case "Page.javascriptDialogOpening":
                Complaints.Enqueue($"dialog: {parameters["message"]}");
                break;
        }
    }

    [GeneratedRegex(@"DevTools listening on ws://127\.0\.0\.1:(\d+)/")]
    private static partial Regex Listening();
}
