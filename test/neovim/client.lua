-- Drives the language server from Neovim's own client and writes what came back as JSON.
-- Arguments by environment: NETPOL_NODE, NETPOL_SERVER, NETPOL_FILE, NETPOL_RESULT.
local result = {}
local client = vim.lsp.start_client({
  name = 'netpol',
  cmd = { vim.env.NETPOL_NODE, vim.env.NETPOL_SERVER, '--stdio' },
  root_dir = vim.fn.fnamemodify(vim.env.NETPOL_FILE, ':h'),
})
vim.cmd('edit ' .. vim.fn.fnameescape(vim.env.NETPOL_FILE))
vim.bo.filetype = 'yaml'
local buffer = vim.api.nvim_get_current_buf()
vim.lsp.buf_attach_client(buffer, client)

vim.wait(20000, function() return #vim.diagnostic.get(buffer) > 0 end, 20)
result.diagnostics = vim.tbl_map(function(d)
  return { line = d.lnum, column = d.col, endColumn = d.end_col, code = d.code or d.user_data.lsp.code, source = d.source, message = d.message }
end, vim.diagnostic.get(buffer))

local function ask(method, line, character)
  local params = { textDocument = vim.lsp.util.make_text_document_params(buffer), position = { line = line, character = character } }
  local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000) or {}
  return answers[client] and answers[client].result
end
result.hover = ask('textDocument/hover', 6, 4)

-- Mend the port by hand: the findings must follow.
vim.api.nvim_buf_set_lines(buffer, 11, 12, false, { '        - port: 80' })
vim.wait(20000, function() return #vim.diagnostic.get(buffer) == 0 end, 20)
result.after = #vim.diagnostic.get(buffer)

local file = io.open(vim.env.NETPOL_RESULT, 'w')
file:write(vim.json and vim.json.encode(result) or vim.fn.json_encode(result))
file:close()
vim.lsp.stop_client(client)
vim.cmd('qall!')
