using System.Text.Json;

namespace Billing.Sandbox;

/// <summary>The optional state file: one JSON row per line, the last row of a key wins, so that what was answered survives kill -9.</summary>
/// <remarks>Written through to the operating system row by row, never fsynced: it outlives the process, not the machine.</remarks>
internal sealed class Journal(SandboxSettings settings) : IDisposable
{
    private readonly Lock writing = new();
    private FileStream? file;

    /// <summary>Reads what an earlier process left, then starts a fresh file with only the rows that still count.</summary>
    public void Open(IReadOnlyCollection<IRemembered> memories)
    {
        if (settings.StatePath is not { } path)
        {
            return;
        }

        var lines = File.Exists(path) ? File.ReadAllLines(path) : [];
        for (var i = 0; i < lines.Length; i++)
        {
            Recall(lines[i], isLast: i == lines.Length - 1, memories);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var fresh = path + ".new";
        file = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.Read);
        foreach (var (kind, row) in memories.SelectMany(m => m.Rows()))
        {
            Write(kind, row);
        }

        File.Move(fresh, path, overwrite: true);
    }

    public void Write(string kind, object row)
    {
        if (file is null)
        {
            return;
        }

        var line = JsonSerializer.SerializeToUtf8Bytes(new Line(kind, JsonSerializer.SerializeToElement(row, row.GetType())));
        lock (writing)
        {
            file.Write([.. line, (byte)'\n']);
            file.Flush();
        }
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        lock (writing)
        {
            file?.SetLength(0);
            file?.Seek(0, SeekOrigin.Begin);
        }
    }

    public void Dispose() => file?.Dispose();

    private void Recall(string text, bool isLast, IReadOnlyCollection<IRemembered> memories)
    {
        Line? line;
        try
        {
            line = JsonSerializer.Deserialize<Line>(text);
        }
        catch (JsonException) when (isLast)
        {
            // The row that a kill cut short: it was never answered.
            return;
        }
        catch (JsonException e)
        {
            throw new SandboxSettingException($"Sandbox__StatePath: {settings.StatePath} is no state file of the sandbox: {e.Message}");
        }

        foreach (var memory in memories)
        {
            memory.Recall(line!.Kind, line.Row);
        }
    }

    private sealed record Line(string Kind, JsonElement Row);
}

/// <summary>A part of the sandbox's memory that the state file keeps.</summary>
internal interface IRemembered
{
    /// <summary>Takes back a row; kinds of other parts are ignored.</summary>
    void Recall(string kind, JsonElement row);

    /// <summary>All rows that <see cref="Recall"/> needs.</summary>
    IEnumerable<(string Kind, object Row)> Rows();

    void Forget();
}
