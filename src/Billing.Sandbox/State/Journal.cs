using System.Text;
using System.Text.Json;
using Billing.Sandbox.Settings;

namespace Billing.Sandbox.State;

/// <summary>
/// The optional state file: one line per commit, the last row of a key wins; answers survive kill -9.
/// </summary>
/// <remarks>
/// A line holds all rows of one call, and a cut line counts as absent: no payment returns without its ledger.
/// Rows are written under the one lock; answers and notifications leave once the operating system has the line.
/// It is never fsynced: it outlives the process, not the machine.
/// </remarks>
internal sealed class Journal(SandboxSettings settings) : IDisposable
{
    private const int RowsPerLine = 100;

    private readonly MemoryStream line = new();
    private FileStream? file;
    private volatile bool isDirty;

    public bool IsOpen => file is not null;

    /// <summary>Reads what an earlier process left, then starts a new file with the rows that still count.</summary>
    /// <exception cref="SandboxSettingException">The state file cannot be used.</exception>
    public void Open(IReadOnlyCollection<IRemembered> memories)
    {
        if (settings.StatePath is not { } path)
        {
            return;
        }

        try
        {
            Open(path, memories);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxSettingException(
                $"Sandbox__StatePath: {path} cannot be read and written: {e.Message}");
        }
    }

    /// <summary>A part of the next line.</summary>
    public void Write(string kind, object row)
    {
        if (file is null)
        {
            return;
        }

        line.WriteByte(line.Length == 0 ? (byte)'[' : (byte)',');
        JsonSerializer.Serialize(line, new Row(kind, JsonSerializer.SerializeToElement(row, row.GetType())));
        isDirty = true;
    }

    /// <summary>Waits for the lock, and writes the line if there is any.</summary>
    public void Commit(Lock gate)
    {
        if (isDirty)
        {
            lock (gate)
            {
                Commit();
            }
        }
    }

    /// <summary>Forgets all rows.</summary>
    public void Clear()
    {
        line.SetLength(0);
        isDirty = false;
        file?.SetLength(0);
        file?.Seek(0, SeekOrigin.Begin);
    }

    public void Dispose()
    {
        Commit();
        file?.Dispose();
        line.Dispose();
    }

    private void Open(string path, IReadOnlyCollection<IRemembered> memories)
    {
        if (File.Exists(path))
        {
            Recall(path, memories);
        }

        foreach (var memory in memories)
        {
            memory.Recalled();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var fresh = path + ".new";
        file = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        foreach (var rows in memories.SelectMany(m => m.Rows()).Chunk(RowsPerLine))
        {
            foreach (var (kind, row) in rows)
            {
                Write(kind, row);
            }

            Commit();
        }

        File.Move(fresh, path, overwrite: true);
    }

    private void Commit()
    {
        if (line.Length > 0)
        {
            line.Write("]\n"u8);
            file!.Write(line.GetBuffer().AsSpan(0, (int)line.Length));
            line.SetLength(0);
            isDirty = false;
        }
    }

    private void Recall(string path, IReadOnlyCollection<IRemembered> memories)
    {
        using var lines = File.ReadLines(path, Encoding.UTF8).GetEnumerator();
        for (var more = lines.MoveNext(); more;)
        {
            var text = lines.Current;
            more = lines.MoveNext();
            foreach (var row in Read(text, isLast: !more))
            {
                foreach (var memory in memories)
                {
                    memory.Recall(row.Kind, row.Data);
                }
            }
        }
    }

    private Row[] Read(string text, bool isLast)
    {
        try
        {
            return JsonSerializer.Deserialize<Row[]>(text) ?? [];
        }
        catch (JsonException) when (isLast)
        {
            // The line that a kill cut short: it was never answered.
            return [];
        }
        catch (JsonException e)
        {
            throw new SandboxSettingException(
                $"Sandbox__StatePath: {settings.StatePath} is no state file of the sandbox: {e.Message}");
        }
    }

    private sealed record Row(string Kind, JsonElement Data);
}

/// <summary>A part of the sandbox's memory that the state file keeps.</summary>
internal interface IRemembered
{
    /// <summary>Takes back a row; kinds of other parts are ignored.</summary>
    void Recall(string kind, JsonElement row);

    /// <summary>Every row was taken back.</summary>
    void Recalled()
    {
    }

    /// <summary>All rows that <see cref="Recall"/> needs.</summary>
    IEnumerable<(string Kind, object Row)> Rows();

    void Forget();
}
