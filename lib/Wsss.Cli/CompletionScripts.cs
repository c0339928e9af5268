namespace Wsss.Cli;

/// <summary>What shells need to complete <c>wsss</c>; each calls the program back for the words.</summary>
internal static class CompletionScripts
{
    private const string Bash =
        """
        _wsss() {
          local line="${COMP_LINE:0:COMP_POINT}" IFS=$'\n'
          COMPREPLY=($("$1" '[suggest]' "${line#*"$1"}" 2>/dev/null))
        }
        complete -o bashdefault -o default -F _wsss wsss
        """;

    private const string Zsh =
        """
        #compdef wsss
        _wsss() {
          local -a names
          names=("${(@f)$("${words[1]}" '[suggest]' "${LBUFFER#*${words[1]}}" 2>/dev/null)}")
          if [[ -n "${names[1]}" ]]; then compadd -- "${names[@]}"; else _files; fi
        }
        if [[ "${funcstack[1]}" == _wsss ]]; then _wsss "$@"; else compdef _wsss wsss; fi
        """;

    private const string Fish =
        """
        function __wsss_suggest
            wsss '[suggest]' (commandline -cp | string replace -r '^\s*\S+' '' | string collect --allow-empty) 2>/dev/null
        end
        complete -c wsss -a '(__wsss_suggest)'
        """;

    private const string PowerShell =
        """
        Register-ArgumentCompleter -Native -CommandName wsss -ScriptBlock {
            param($word, $ast, $position)
            $length = $position - $ast.Extent.StartOffset
            $line = $ast.ToString().PadRight($length).Substring(0, $length) -replace '^\S+', ''
            wsss '[suggest]' $line | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    /// <summary>The shells, by the names of their programs.</summary>
    public static IReadOnlyDictionary<string, string> ByShell { get; } =
        new Dictionary<string, string> { ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish, ["pwsh"] = PowerShell };
}
